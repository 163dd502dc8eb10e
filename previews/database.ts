import { SynthError } from "@groundplan/modules/core";
import {
  allowPostgres,
  DatabaseSecret,
  FargateTask,
  fitted,
  generatedPassword,
  Postgres,
  SERVICE_NAMES,
} from "@groundplan/modules/service";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { CREATE_DATABASE, DROP_DATABASE, SETUP_IMAGE } from "./database-setup";
import type { Preview, PreviewContainer } from "./preview";
import { READABLE } from "./secrets";

/** What runs beside a preview's code, once: a task definition with the name of its container. */
export interface OneOffTask {
  readonly id: string;
  readonly taskDefinitionArn: string;
  readonly container: string;

  /** Name of its log group. */
  readonly logGroup: string;
}

/** A preview's database, whichever server it is on. */
export interface PreviewDatabase {
  /** How the code reaches it: variables, and secrets that are read when a task starts. */
  readonly access: Required<Pick<PreviewContainer, "environment" | "secrets">>;

  /** What must be there before a task uses it. */
  readonly ready: readonly TerraformResource[];

  /** What is run once before anything uses it, and once before the stack is destroyed. */
  readonly create?: OneOffTask;
  readonly drop?: OneOffTask;

  /** What the output says of it. */
  readonly output: Readonly<Record<string, string>>;

  /** Lets in who has a security group. */
  allowFrom(securityGroupId: string): void;
}

/** The database that the document asks for. @throws SynthError when it asks for none. */
export function previewDatabase(preview: Preview): PreviewDatabase {
  const { database, template } = preview.input;
  if (database === "own") return new OwnDatabase(preview, "database");
  if (database === "shared") return new SharedDatabase(preview, "database");
  const what = `template ${template} has a database, and database is "none"`;
  throw new SynthError(preview, [
    { what, instead: "write database: shared or database: own into .idp/config.yml" },
  ]);
}

/** Name of the secret. */
const secretName = ({ input: { platform, name } }: Preview) =>
  `${platform.name}/${platform.environment}/previews/${name}/database`;

/** The name is used again by the next preview of the branch: nothing of it may stay. */
const secretSettings = (preview: Preview) => ({
  secretName: secretName(preview),
  recoveryWindowDays: 0,
  secretTags: { [READABLE.tag]: READABLE.value },
});

/** @see https://www.postgresql.org/docs/current/libpq-envars.html */
function accessOf(
  secretArn: string,
  { host, port, name, user }: Readonly<Record<"host" | "port" | "name" | "user", string>>,
) {
  return {
    environment: { PGHOST: host, PGPORT: port, PGDATABASE: name, PGUSER: user },
    secrets: {
      DATABASE_URL: { arn: secretArn, key: "url" },
      PGPASSWORD: { arn: secretArn, key: "password" },
    },
  };
}

/** An instance of RDS of the preview's own: it costs by the hour, and ends with the preview without a snapshot. */
class OwnDatabase extends Construct implements PreviewDatabase {
  readonly access: PreviewDatabase["access"];
  readonly ready: readonly TerraformResource[];
  readonly output: PreviewDatabase["output"];
  private readonly server: Postgres;

  constructor(preview: Preview, id: string) {
    super(preview, id);
    const { network, prefix } = preview;
    this.server = new Postgres(this, "server", {
      name: fitted(SERVICE_NAMES.database, prefix),
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      username: "preview",
      password: "generated",
      ...secretSettings(preview),
      backupDays: 0,
      deletionProtection: false,
      finalSnapshot: false,
      applyImmediately: true,
      // The code of a preview is anybody's, with a client as it comes.
      requireTls: false,
    });
    const { host, databaseName: name, secretArn, instanceId } = this.server;
    const port = `${this.server.port}`;
    this.ready = [this.server.ready];
    this.access = accessOf(secretArn, { host, port, name, user: "preview" });
    this.output = { host, port, name, secret_arn: secretArn, instance: instanceId };
  }

  allowFrom(securityGroupId: string): void {
    this.server.allowFrom("from-tasks", securityGroupId);
  }
}

/** A database and a role of the preview's own on the shared server, which a task makes and another one drops. */
class SharedDatabase extends Construct implements PreviewDatabase {
  readonly access: PreviewDatabase["access"];
  readonly ready: readonly TerraformResource[];
  readonly output: PreviewDatabase["output"];
  readonly create: OneOffTask;
  readonly drop: OneOffTask;
  private readonly serverGroupId: string;

  constructor(preview: Preview, id: string) {
    super(preview, id);
    const { shared, input, prefix, logGroupName } = preview;
    // Hyphens and underscores do not both occur in a preview's name: two previews never get one database.
    const name = `db_${input.name.replaceAll("-", "_")}`;
    const [host, port] = [shared.database("host"), shared.database("port")];
    this.serverGroupId = shared.database("securityGroupId");
    const secret = new DatabaseSecret(this, "secret", {
      ...secretSettings(preview),
      description: `Database of preview ${input.name}`,
      username: name,
      password: generatedPassword(this, "password"),
      host,
      port,
      databaseName: name,
    });
    const admin = shared.database("secretArn");
    const setup = new FargateTask(this, "setup", {
      // An underscore, which no preview's name has: the roles are none of the preview `<name>-database`.
      name: `${prefix}_database`,
      region: input.platform.region,
      account: input.platform.account,
      architecture: input.config.architecture ?? "X86_64",
      logGroupName: `${logGroupName}/database`,
      logRetentionDays: input.config.log_retention_days,
      container: {
        name: "psql",
        image: SETUP_IMAGE,
        entryPoint: ["sh", "-euc"],
        command: [CREATE_DATABASE],
        environment: { PGHOST: host, PGPORT: port, PGDATABASE: "postgres", ROLE: name },
        secrets: {
          PGUSER: { arn: admin, key: "username" },
          PGPASSWORD: { arn: admin, key: "password" },
          ROLE_PASSWORD: { arn: secret.secretArn, key: "password" },
        },
      },
    });
    const of = { container: setup.containerName, logGroup: setup.logGroupName };
    this.create = { id: "database", taskDefinitionArn: setup.taskDefinitionArn, ...of };
    this.drop = { id: "drop-database", taskDefinitionArn: setup.oneOff("drop", [DROP_DATABASE]), ...of };
    this.ready = [secret.version];
    this.access = accessOf(secret.secretArn, { host, port, name, user: name });
    this.output = { host, port, name, secret_arn: secret.secretArn };
  }

  allowFrom(securityGroupId: string): void {
    allowPostgres(this, "from-tasks", { from: securityGroupId, to: this.serverGroupId });
  }
}
