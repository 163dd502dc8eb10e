import { DataAwsSecretsmanagerRandomPassword } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-random-password";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { encodedJson, type Fault } from "../core";

/**
 * A password of 32 letters and digits, which stands in a URL as it is. It is another one at each plan: what takes it
 * ignores its changes.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 */
export function generatedPassword(scope: Construct, id: string): string {
  return new DataAwsSecretsmanagerRandomPassword(scope, id, {
    passwordLength: 32,
    excludePunctuation: true,
    requireEachIncludedType: true,
  }).randomPassword;
}

/** How a secret is named and deleted. */
export interface SecretSettings {
  /** Name of the secret, e.g. `groundplan/dev/shop/database`. */
  readonly secretName: string;

  /**
   * Days for which a deleted secret can be restored, 7 to 30, or 0. Its name stays taken for as long: 0 where names
   * are used again.
   *
   * @default 30
   */
  readonly recoveryWindowDays?: number;

  /**
   * KMS key that encrypts it.
   *
   * @default - that of Secrets Manager
   */
  readonly secretKmsKeyArn?: string;

  /** More tags of the secret, e.g. those by which its readers are told apart. */
  readonly secretTags?: Readonly<Record<string, string>>;
}

/** Properties of {@link DatabaseSecret}. */
export interface DatabaseSecretProps extends SecretSettings {
  /** What is reached, in a sentence. */
  readonly description: string;

  /** Name of the user in the database. */
  readonly username: string;

  /** Password of the user: one of `generatedPassword`. */
  readonly password: string;

  /** Address of the server. */
  readonly host: string;

  /** Port of the server, as a number or a text. */
  readonly port: number | string;

  /** Name of the database. */
  readonly databaseName: string;

  /**
   * What the password was given to when it was made: when that is replaced, the secret is written anew.
   *
   * @default - the secret is written once
   */
  readonly writtenWith?: { readonly resource: TerraformResource; readonly attribute: string };
}

/** Keys of the document that a {@link DatabaseSecret} holds. */
export type DatabaseSecretKey = "username" | "password" | "host" | "port" | "dbname" | "url";

/**
 * How a database is reached, in the form that AWS's own tools know, and as a URL.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export class DatabaseSecret extends Construct {
  /** ARN of the secret. */
  readonly secretArn: string;

  /** Its version: what reads the secret waits for it. */
  readonly version: SecretsmanagerSecretVersion;

  constructor(scope: Construct, id: string, props: DatabaseSecretProps) {
    super(scope, id);
    const { username, password, host, port, databaseName, writtenWith } = props;
    const secret = new SecretsmanagerSecret(this, "secret", {
      name: props.secretName,
      description: props.description,
      recoveryWindowInDays: props.recoveryWindowDays ?? 30,
      ...(props.secretKmsKeyArn === undefined ? {} : { kmsKeyId: props.secretKmsKeyArn }),
      tags: { Name: props.secretName, ...props.secretTags },
    });
    this.version = new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretString: encodedJson({
        engine: "postgres",
        username,
        password,
        host,
        port,
        dbname: databaseName,
        url: `postgres://${username}:${password}@${host}:${port}/${databaseName}`,
      }),
      lifecycle: {
        ignoreChanges: ["secret_string"],
        ...(writtenWith === undefined
          ? {}
          : {
              replaceTriggeredBy: [
                `${writtenWith.resource.terraformResourceType}.${writtenWith.resource.friendlyUniqueId}.${writtenWith.attribute}`,
              ],
            }),
      },
    });
    this.secretArn = secret.arn;
  }
}

/** The faults of a secret's settings. */
export function secretFaults({
  secretName,
  recoveryWindowDays: days = 30,
}: SecretSettings): readonly Fault[] {
  const faults: Fault[] = [];
  if (!secretName.includes("${") && !/^[\w/+=.@-]{1,512}$/.test(secretName)) {
    faults.push({
      what: `secretName ${JSON.stringify(secretName)} may hold only letters, digits and / _ + = . @ -`,
      instead: 'use e.g. "groundplan/dev/shop/database"',
    });
  }
  // What follows a hyphen and six characters at the end, ECS and IAM take for Secrets Manager's own suffix.
  if (/-[A-Za-z0-9]{6}$/.test(secretName)) {
    faults.push({
      what: `secretName ${JSON.stringify(secretName)} ends with a hyphen and six characters, as the ARNs of secrets do`,
      instead: 'end it otherwise, e.g. with "/database"',
    });
  }
  if (days !== 0 && (!Number.isInteger(days) || days < 7 || days > 30)) {
    faults.push({ what: `recoveryWindowDays is ${days}`, instead: "use 0, or a whole number of 7 to 30" });
  }
  return faults;
}
