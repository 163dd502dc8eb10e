import { NAME_RULES, partitionOf } from "../core";
import { accountRule, assertAttributes, regionRule } from "../core/attributes";
import { registryHost } from "./host";

/** A repository of ECR: one made by `Repository`, or one that is there already. */
export interface IRepository {
  /** Name of the repository with its prefix. */
  readonly repositoryName: string;

  /** ARN of the repository: what roles are granted (`grantPull`). */
  readonly repositoryArn: string;

  /** Where images are pushed to and pulled from, without a tag. */
  readonly repositoryUrl: string;
}

/** What a repository that is there already is known by. */
export interface RepositoryAttributes {
  /** Name of the repository with its prefix, e.g. `groundplan/dev/api`. */
  readonly repositoryName: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;
}

/** A repository by its attributes. @throws SynthError with every fault of them. */
export function importedRepository({ repositoryName, account, region }: RepositoryAttributes): IRepository {
  const { pattern, example } = NAME_RULES.repository;
  assertAttributes("Repository.fromRepositoryAttributes", [
    { name: "repositoryName", value: repositoryName, pattern, example },
    accountRule(account),
    regionRule(region),
  ]);
  return {
    repositoryName,
    repositoryArn: `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repositoryName}`,
    repositoryUrl: `${registryHost(account, region)}/${repositoryName}`,
  };
}
