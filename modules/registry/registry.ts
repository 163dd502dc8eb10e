import { Construct } from "constructs";
import { type Fault, SynthError } from "../core";
import { registryKeyArn } from "./key";
import { retentionFaults } from "./lifecycle";
import { Repository, type RepositorySettings, repositoryNameFaults, retentionOf } from "./repository";

/** Properties of {@link Registry}. */
export interface RegistryProps extends RepositorySettings {
  /** Begins the name of every repository, e.g. `groundplan/dev`. */
  readonly prefix: string;

  /** AWS account of the registry, 12 digits. */
  readonly account: string;

  /** Names of the repositories without the prefix, e.g. `api`; each is keyed by its name, so removing one touches no other. */
  readonly repositories: readonly string[];

  /**
   * Encryption: AES-256 by S3 (`AES256`), a KMS key made here (`own`), or the ARN of a given one.
   * ECR cannot change it: Terraform replaces every repository.
   *
   * @default "own"
   */
  readonly encryption?: "AES256" | "own" | { readonly kmsKeyArn: string };

  /**
   * Days between a request to delete the own key and its deletion, 7 to 30.
   *
   * @default 30
   */
  readonly keyDeletionDays?: number;
}

/**
 * The repositories of an environment, with one encryption and one lifecycle.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/what-is-ecr.html
 */
export class Registry extends Construct {
  /** The repositories by their names without the prefix. */
  readonly repositories: ReadonlyMap<string, Repository>;

  /** Id of the registry: the account's. */
  readonly registryId: string;

  /** ARN of the key that encrypts the images; none with `AES256`. */
  readonly kmsKeyArn: string | undefined;

  /** @throws SynthError with every fault of the properties and of the repositories. */
  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id);
    const faults = registryFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);

    const { prefix, account, repositories, encryption, keyDeletionDays, ...settings } = props;
    this.registryId = account;
    this.kmsKeyArn = this.keyArn(props);
    const key = this.kmsKeyArn === undefined ? {} : { kmsKeyArn: this.kmsKeyArn };
    // A scope of their own: a repository may have any name, that of the key too.
    const keyed = new Construct(this, "repositories");
    this.repositories = new Map(
      repositories.map((name) => [
        name,
        new Repository(keyed, name, { ...settings, ...key, repositoryName: `${prefix}/${name}` }),
      ]),
    );
  }

  /** A repository by its name without the prefix. @throws SynthError when there is none. */
  repository(name: string): Repository {
    const found = this.repositories.get(name);
    if (found) return found;
    const names = [...this.repositories.keys()].map((one) => JSON.stringify(one)).join(", ");
    const instead = names === "" ? "add it to repositories" : `use one of ${names}`;
    throw new SynthError(this, [{ what: `there is no repository ${JSON.stringify(name)}`, instead }]);
  }

  private keyArn({ encryption = "own", ...props }: RegistryProps): string | undefined {
    if (encryption === "AES256") return undefined;
    if (encryption !== "own") return encryption.kmsKeyArn;
    return registryKeyArn(this, { ...props, deletionDays: props.keyDeletionDays ?? 30 });
  }
}

function registryFaults(props: RegistryProps): readonly Fault[] {
  const { prefix, repositories, account, encryption = "own", keyDeletionDays: days = 30 } = props;
  const faults: Fault[] = [];
  for (const name of new Set(repositories)) faults.push(...repositoryNameFaults(`${prefix}/${name}`));
  const twice = repositories.filter((name, index) => repositories.indexOf(name) !== index);
  for (const name of new Set(twice)) {
    faults.push({ what: `repository ${JSON.stringify(name)} is listed twice`, instead: "list it once" });
  }
  faults.push(...retentionFaults(retentionOf(props)));
  if (!account.includes("${") && !/^\d{12}$/.test(account)) {
    faults.push({
      what: `account ${JSON.stringify(account)} has not 12 digits`,
      instead: 'use e.g. "123456789012"',
    });
  }
  if (!Number.isInteger(days) || days < 7 || days > 30) {
    faults.push({ what: `keyDeletionDays is ${days}`, instead: "use a whole number of 7 to 30, e.g. 30" });
  }
  if (typeof encryption === "object") faults.push(...keyArnFaults(encryption.kmsKeyArn));
  return faults;
}

function keyArnFaults(arn: string): readonly Fault[] {
  if (arn.includes("${") || /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(arn)) return [];
  const instead = 'use e.g. "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"';
  return [{ what: `kmsKeyArn ${JSON.stringify(arn)} is not the ARN of a KMS key`, instead }];
}
