import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { Faults } from "../core";
import type { ImageRetention } from "./lifecycle";
import { Repository } from "./repository";

/** Properties of {@link Registry}. */
export interface RegistryProps {
  /** Begins the name of every repository, e.g. `groundplan/dev`. */
  readonly prefix: string;

  readonly region: string;

  /** Names of the repositories without the prefix, e.g. `api`; each is keyed by its name, so removing one touches no other. */
  readonly repositories: readonly string[];

  /**
   * Encryption: AES-256 by S3 (`AES256`), a KMS key made here (`own`), or the ARN of a given one.
   * ECR replaces a repository whose encryption changes.
   *
   * @default "own"
   */
  readonly encryption?: "AES256" | "own" | { readonly kmsKeyArn: string };

  /**
   * Days between a request to delete the key and its deletion, 7 to 30.
   *
   * @default 30
   */
  readonly keyDeletionDays?: number;

  /** @default "IMMUTABLE" */
  readonly tagMutability?: "MUTABLE" | "IMMUTABLE";

  /** @default true */
  readonly scanOnPush?: boolean;

  /** @default false */
  readonly forceDelete?: boolean;

  /** @default - see `RepositoryProps.retention` */
  readonly retention?: Partial<ImageRetention>;
}

/**
 * The repositories of an environment, with one encryption and one lifecycle.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/what-is-ecr.html
 */
export class Registry extends Construct {
  /** The repositories by their names without the prefix. */
  readonly repositories: ReadonlyMap<string, Repository>;

  /** ARN of the key that encrypts the images; none with `AES256`. */
  readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id);
    this.check(props);
    this.kmsKeyArn = this.keyArn(props);
    const { prefix, repositories, encryption: _encryption, keyDeletionDays: _days, ...settings } = props;
    this.repositories = new Map(
      repositories.map((name) => [
        name,
        new Repository(this, name, {
          ...settings,
          repositoryName: `${prefix}/${name}`,
          ...(this.kmsKeyArn === undefined ? {} : { kmsKeyArn: this.kmsKeyArn }),
        }),
      ]),
    );
  }

  /** A repository by its name without the prefix. @throws SynthError when there is none. */
  repository(name: string): Repository {
    const found = this.repositories.get(name);
    if (found) return found;
    const faults = new Faults();
    faults.add(`no repository ${JSON.stringify(name)}`, `use one of ${[...this.repositories.keys()].join(", ")}`);
    faults.throwIfAny(this);
    throw new TypeError("unreachable");
  }

  private keyArn(props: RegistryProps): string | undefined {
    const encryption = props.encryption ?? "own";
    if (encryption === "AES256") return undefined;
    if (encryption !== "own") return encryption.kmsKeyArn;
    const key = new KmsKey(this, "key", {
      description: `Images of ${props.prefix}`,
      enableKeyRotation: true,
      deletionWindowInDays: props.keyDeletionDays ?? 30,
    });
    new KmsAlias(this, "key-alias", { name: `alias/${props.prefix}/registry`, targetKeyId: key.keyId });
    return key.arn;
  }

  private check(props: RegistryProps): void {
    const faults = new Faults();
    const twice = props.repositories.filter((name, index) => props.repositories.indexOf(name) !== index);
    for (const name of new Set(twice)) faults.add(`repository ${JSON.stringify(name)} is listed twice`, "list it once");
    const days = props.keyDeletionDays ?? 30;
    if (!Number.isInteger(days) || days < 7 || days > 30) {
      faults.add(`keyDeletionDays is ${days}`, "use a whole number of 7 to 30, e.g. 30");
    }
    faults.throwIfAny(this);
  }
}
