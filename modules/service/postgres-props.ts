import { Token } from "cdktf";
import { type Fault, nameFaults } from "../core";
import { type SecretSettings, secretFaults } from "./database-secret";
import { SERVICE_NAMES } from "./names";

/** Properties of `Postgres`. */
export interface PostgresProps extends Partial<SecretSettings> {
  /**
   * Who keeps the administrator's password: RDS, which changes it every seven days and tells nobody else (`managed`), or
   * the secret `secretName`, which holds one that is generated once, with the address and a URL (`generated`). A service
   * that reads the password when it starts needs the second.
   *
   * @default "managed"
   */
  readonly password?: "managed" | "generated";

  /** Identifier of the instance, 1 to 63 characters, e.g. `groundplan-dev-shop`. */
  readonly name: string;

  /** VPC that it stands in. */
  readonly vpcId: string;

  /** Private or isolated subnets of two or more zones. */
  readonly subnetIds: readonly string[];

  /**
   * Name of the first database.
   *
   * @default "app"
   */
  readonly databaseName?: string;

  /**
   * Name of the administrator.
   *
   * @default "postgres"
   */
  readonly username?: string;

  /**
   * Major version of PostgreSQL, with or without the minor one; AWS brings minor ones in the maintenance window.
   *
   * @default "17"
   */
  readonly engineVersion?: string;

  /**
   * Class of the instance.
   *
   * @default "db.t4g.micro"
   */
  readonly instanceClass?: string;

  /**
   * Storage in GB, 20 to 65536.
   *
   * @default 20
   */
  readonly storageGb?: number;

  /**
   * GB up to which the storage grows by itself; 0 for never.
   *
   * @default - twice the storage
   */
  readonly maxStorageGb?: number;

  /**
   * Keeps a second instance in another zone, which takes over.
   *
   * @default false
   */
  readonly multiAz?: boolean;

  /**
   * Days for which backups are kept, 0 to 35; 0 makes none.
   *
   * @default 7
   */
  readonly backupDays?: number;

  /**
   * Keeps everybody from deleting it, Terraform as well.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Makes a last snapshot when it is deleted.
   *
   * @default true
   */
  readonly finalSnapshot?: boolean;

  /**
   * Refuses connections without TLS.
   *
   * @default true
   */
  readonly requireTls?: boolean;

  /**
   * KMS key that encrypts storage, backups and snapshots.
   *
   * @default - that of RDS
   */
  readonly storageKmsKeyArn?: string;

  /**
   * Records which queries take the time. Not every small class has it.
   *
   * @default false
   */
  readonly performanceInsights?: boolean;

  /**
   * Makes changes at once, and not in the maintenance window.
   *
   * @default false
   */
  readonly applyImmediately?: boolean;
}

function passwordFaults({ password = "managed", secretName, ...settings }: PostgresProps): readonly Fault[] {
  if (password === "generated" && secretName !== undefined) return secretFaults({ ...settings, secretName });
  if (password === "managed" && secretName === undefined) return [];
  return password === "managed"
    ? [
        {
          what: "secretName is given, and RDS names the secret of a managed password itself",
          instead: 'leave it out, or use password: "generated"',
        },
      ]
    : [
        {
          what: "a generated password has no secretName",
          instead: 'use e.g. "groundplan/dev/shop/database"',
        },
      ];
}

/** Words that RDS for PostgreSQL keeps for itself, as names of users and databases. */
const RESERVED = /^(?:admin|rdsadmin|rds_\w+|pg_\w+|template[01]|public|user)$/i;

/**
 * Every fault of a database's properties.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export function postgresFaults(props: PostgresProps): readonly Fault[] {
  const {
    storageGb = 20,
    backupDays = 7,
    engineVersion = "17",
    instanceClass = "db.t4g.micro",
    subnetIds,
  } = props;
  const faults: Fault[] = [...nameFaults(SERVICE_NAMES.database, props.name), ...passwordFaults(props)];
  const whole = (what: string, value: number, least: number, most: number, example: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    faults.push({
      what: `${what} is ${value}`,
      instead: `use a whole number of ${least} to ${most}, e.g. ${example}`,
    });
  };
  whole("storageGb", storageGb, 20, 65_536, 20);
  whole("backupDays", backupDays, 0, 35, 7);
  const { maxStorageGb = storageGb * 2 } = props;
  // RDS asks for a tenth more, at least.
  if (maxStorageGb !== 0)
    whole("maxStorageGb", maxStorageGb, Math.ceil(storageGb * 1.1), 65_536, storageGb * 2);
  for (const [key, name] of Object.entries({
    username: props.username ?? "postgres",
    databaseName: props.databaseName ?? "app",
  })) {
    if (/^[a-z][a-z0-9_]{0,62}$/.test(name) && !RESERVED.test(name)) continue;
    faults.push({
      what: `${key} ${JSON.stringify(name)} is reserved, or has other than lower-case letters, digits and _, a letter first, 1 to 63`,
      instead: 'use e.g. "shop"',
    });
  }
  if (!/^\d{2}(?:\.\d{1,2})?$/.test(engineVersion)) {
    faults.push({
      what: `engineVersion ${JSON.stringify(engineVersion)} is not a version of PostgreSQL`,
      instead: 'use e.g. "17"',
    });
  }
  if (!/^db\.[a-z0-9-]+\.[a-z0-9]+$/.test(instanceClass)) {
    faults.push({
      what: `instanceClass ${JSON.stringify(instanceClass)} is not a class of RDS`,
      instead: 'use e.g. "db.t4g.micro"',
    });
  }
  if (!Token.isUnresolved(subnetIds) && subnetIds.length < 2) {
    faults.push({
      what: `subnetIds has ${subnetIds.length}: RDS asks for subnets of two zones`,
      instead: "give a private subnet of each zone",
    });
  }
  return faults;
}
