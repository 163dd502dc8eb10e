import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { SynthError } from "../core";
import { DatabaseSecret, type DatabaseSecretKey, generatedPassword } from "./database-secret";
import { type IDatabase, importedDatabase } from "./imported";
import { type PostgresProps, postgresFaults } from "./postgres-props";

/** Port of PostgreSQL. */
export const POSTGRES_PORT = 5432;

/**
 * A PostgreSQL database of RDS: without a public address, encrypted, reached by those alone who were let in, with a
 * generated password that stands in Secrets Manager. A `managed` one stands nowhere else; a `generated` one is in the
 * state of Terraform too.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_BestPractices.Security.html
 */
export class Postgres extends Construct implements IDatabase {
  /** Address of the server. */
  readonly host: string;

  /** Port of the server. */
  readonly port: number = POSTGRES_PORT;

  /** Identifier of the instance. */
  readonly instanceId: string;

  /** Name of the first database. */
  readonly databaseName: string;

  /** ARN of the secret with `username` and `password`; one that is generated has host, port, database and URL too. */
  readonly secretArn: string;

  /** Security group of the server: who is let in, is named by its own group. */
  readonly securityGroupId: string;

  /** What a task that uses the database waits for. */
  readonly ready: TerraformResource;

  /** A database that is there already; its port is 5432 unless it is said. @throws SynthError with every fault of the attributes. */
  static fromDatabaseAttributes(attributes: Omit<IDatabase, "port"> & { readonly port?: number }): IDatabase {
    return importedDatabase(attributes);
  }

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id);
    const faults = postgresFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const {
      name,
      vpcId,
      databaseName = "app",
      username = "postgres",
      storageGb = 20,
      engineVersion = "17",
    } = props;
    const { maxStorageGb = storageGb * 2 } = props;
    this.databaseName = databaseName;
    this.securityGroupId = new SecurityGroup(this, "security-group", {
      name: `${name}-database`,
      description: `Database ${name}`,
      vpcId,
      tags: { Name: `${name}-database` },
    }).id;
    const subnets = new DbSubnetGroup(this, "subnets", {
      name,
      description: `Subnets of database ${name}`,
      subnetIds: [...props.subnetIds],
      tags: { Name: name },
    });
    const parameters = new DbParameterGroup(this, "parameters", {
      name,
      description: `Parameters of database ${name}`,
      family: `postgres${engineVersion.split(".")[0]}`,
      parameter: [
        { name: "rds.force_ssl", value: (props.requireTls ?? true) ? "1" : "0" },
        // Milliseconds: what takes longer is logged.
        { name: "log_min_duration_statement", value: "1000" },
      ],
      tags: { Name: name },
    });
    const password = props.password === "generated" ? generatedPassword(this, "password") : undefined;
    const finalSnapshot = props.finalSnapshot ?? true;
    const instance = new DbInstance(this, "instance", {
      identifier: name,
      engine: "postgres",
      engineVersion,
      instanceClass: props.instanceClass ?? "db.t4g.micro",
      allocatedStorage: storageGb,
      ...(maxStorageGb === 0 ? {} : { maxAllocatedStorage: maxStorageGb }),
      storageType: "gp3",
      storageEncrypted: true,
      ...(props.storageKmsKeyArn === undefined ? {} : { kmsKeyId: props.storageKmsKeyArn }),
      dbName: databaseName,
      username,
      ...(password === undefined ? { manageMasterUserPassword: true } : { password }),
      port: POSTGRES_PORT,
      dbSubnetGroupName: subnets.name,
      parameterGroupName: parameters.name,
      vpcSecurityGroupIds: [this.securityGroupId],
      publiclyAccessible: false,
      multiAz: props.multiAz ?? false,
      iamDatabaseAuthenticationEnabled: true,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      autoMinorVersionUpgrade: true,
      backupRetentionPeriod: props.backupDays ?? 7,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: true,
      deletionProtection: props.deletionProtection ?? true,
      skipFinalSnapshot: !finalSnapshot,
      ...(finalSnapshot ? { finalSnapshotIdentifier: `${name}-final` } : {}),
      enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      performanceInsightsEnabled: props.performanceInsights ?? false,
      applyImmediately: props.applyImmediately ?? false,
      // The password of the first day: the secret holds it.
      ...(password === undefined ? {} : { lifecycle: { ignoreChanges: ["password"] } }),
      tags: { Name: name },
    });
    this.instanceId = instance.identifier;
    this.host = instance.address;
    const secret =
      password === undefined
        ? undefined
        : new DatabaseSecret(this, "secret", {
            ...props,
            secretName: props.secretName ?? name,
            description: `Administrator of database ${name}`,
            username,
            password,
            host: instance.address,
            port: POSTGRES_PORT,
            databaseName,
            writtenWith: { resource: instance, attribute: "resource_id" },
          });
    this.secretArn = secret?.secretArn ?? instance.masterUserSecret.get(0).secretArn;
    this.ready = secret?.version ?? instance;
  }

  /**
   * Lets in who has a security group.
   *
   * @param id - names the rule within the database.
   */
  allowFrom(id: string, securityGroupId: string): VpcSecurityGroupIngressRule {
    return allowPostgres(this, id, { from: securityGroupId, to: this.securityGroupId });
  }

  /** A key of the secret, for the `secrets` of a container. */
  secret(key: DatabaseSecretKey): { readonly arn: string; readonly key: string } {
    return { arn: this.secretArn, key };
  }
}

/** Lets one security group reach PostgreSQL in another, also one of another stack. */
export function allowPostgres(
  scope: Construct,
  id: string,
  { from, to }: { readonly from: string; readonly to: string },
): VpcSecurityGroupIngressRule {
  return new VpcSecurityGroupIngressRule(scope, id, {
    securityGroupId: to,
    description: "PostgreSQL",
    referencedSecurityGroupId: from,
    ipProtocol: "tcp",
    fromPort: POSTGRES_PORT,
    toPort: POSTGRES_PORT,
  });
}
