import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { EcrRepositoryPolicy } from "@cdktf/provider-aws/lib/ecr-repository-policy";
import { Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import {
  type Fault,
  NAME_RULES,
  nameFaults,
  partitionOf,
  policyDocument,
  SynthError,
  stackProviderHas,
} from "../core";
import { type Grant, type Grantee, granteeFaults, grantStatements } from "./grants";
import { type IRepository, importedRepository, type RepositoryAttributes } from "./imported-repository";
import { type ImageRetention, lifecyclePolicy, retentionFaults } from "./lifecycle";

/** What the repositories of a registry have in common. */
export interface RepositorySettings {
  /** AWS Region, for the partition in ARNs. */
  readonly region: string;

  /**
   * Whether a tag may be moved to another image.
   *
   * @default "IMMUTABLE"
   */
  readonly tagMutability?: "MUTABLE" | "IMMUTABLE";

  /**
   * Tags that may move in spite of `IMMUTABLE`, 1 to 5, `*` allowed twice, e.g. `latest` or `dev-*`. They need AWS provider
   * 6.8 or newer.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
   */
  readonly mutableTags?: readonly string[];

  /**
   * Looks for known vulnerabilities in every image that is pushed.
   *
   * @default true
   */
  readonly scanOnPush?: boolean;

  /**
   * Lets Terraform destroy a repository while it holds images.
   *
   * @default false
   */
  readonly forceDelete?: boolean;

  /**
   * Which images are kept.
   *
   * @default - the last 30 of `v`, `release`, `main` and `develop` each, of those that were pinned, and of all with a tag; untagged ones for 7 days
   */
  readonly retention?: Partial<ImageRetention>;
}

/** Properties of {@link Repository}. */
export interface RepositoryProps extends RepositorySettings {
  /** Name of the repository with its prefix, e.g. `groundplan/dev/api`; 2 to 256 characters. */
  readonly repositoryName: string;

  /**
   * KMS key that encrypts the images. ECR cannot change it: Terraform replaces the repository.
   *
   * @default - AES-256 by S3
   */
  readonly kmsKeyArn?: string;
}

/**
 * An ECR repository with its lifecycle, and a policy for those who were granted something.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html
 */
export class Repository extends Construct implements IRepository {
  /** Name of the repository with its prefix. */
  readonly repositoryName: string;

  /** ARN of the repository. */
  readonly repositoryArn: string;

  /** Where images are pushed to and pulled from, without a tag. */
  readonly repositoryUrl: string;

  private readonly grants: Grant[] = [];
  private readonly resource: EcrRepository;
  private readonly partition: string;

  /** A repository that is there already. @throws SynthError with every fault of the attributes. */
  static fromRepositoryAttributes(attributes: RepositoryAttributes): IRepository {
    return importedRepository(attributes);
  }

  /** @throws SynthError with every fault of the name and the retention. */
  constructor(scope: Construct, id: string, props: RepositoryProps) {
    super(scope, id);
    const { mutableTags = [] } = props;
    const faults = [
      ...repositoryNameFaults(props.repositoryName),
      ...retentionFaults(retentionOf(props)),
      ...mutableTagFaults(props, stackProviderHas(this, EXCLUSION_SINCE)),
    ];
    if (faults.length > 0) throw new SynthError(this, faults);

    this.partition = partitionOf(props.region);
    this.resource = new EcrRepository(this, "repository", {
      name: props.repositoryName,
      imageTagMutability:
        mutableTags.length > 0 ? "IMMUTABLE_WITH_EXCLUSION" : (props.tagMutability ?? "IMMUTABLE"),
      imageScanningConfiguration: { scanOnPush: props.scanOnPush ?? true },
      encryptionConfiguration: [
        props.kmsKeyArn === undefined
          ? { encryptionType: "AES256" }
          : { encryptionType: "KMS", kmsKey: props.kmsKeyArn },
      ],
      forceDelete: props.forceDelete ?? false,
      tags: { Name: props.repositoryName },
    });
    if (mutableTags.length > 0) {
      // Providers before do not know the block: it stands where every version that the stack takes has it.
      this.resource.addOverride(
        "image_tag_mutability_exclusion_filter",
        mutableTags.map((filter) => ({ filter, filter_type: "WILDCARD" })),
      );
    }
    this.repositoryName = this.resource.name;
    this.repositoryArn = this.resource.arn;
    this.repositoryUrl = this.resource.repositoryUrl;
    new EcrLifecyclePolicy(this, "lifecycle", {
      repository: this.resource.name,
      policy: lifecyclePolicy(retentionOf(props)),
    });
  }

  /**
   * Lets a principal of another account, or an AWS service, pull images.
   *
   * Principals of the repository's own account need no more than a policy of their own with
   * `PULL_ACTIONS`; the Lambda service needs this grant in its own account too.
   *
   * @throws SynthError when the grantee is no principal.
   */
  grantPull(grantee: Grantee): void {
    this.grant({ access: "Pull", grantee });
  }

  /** Lets a principal of another account push images, and pull them. @throws SynthError when the grantee is no principal. */
  grantPush(grantee: Grantee): void {
    this.grant({ access: "Push", grantee });
  }

  private grant(grant: Grant): void {
    const faults = granteeFaults(grant.grantee);
    if (faults.length > 0) throw new SynthError(this, faults);
    if (this.grants.length === 0) {
      new EcrRepositoryPolicy(this, "policy", {
        repository: this.resource.name,
        // Later grants add to it: the text is made at synth.
        policy: Lazy.stringValue({
          produce: () => policyDocument(grantStatements(this.grants, this.partition)),
        }),
      });
    }
    this.grants.push(grant);
  }
}

/** The first version of the provider that takes tags out of `IMMUTABLE`. */
const EXCLUSION_SINCE = "6.8.0";

/** The faults of tags that may move. @param known - whether the provider takes them. */
function mutableTagFaults(
  { tagMutability = "IMMUTABLE", mutableTags = [] }: RepositorySettings,
  known: boolean,
): readonly Fault[] {
  if (mutableTags.length === 0) return [];
  const faults: Fault[] = [];
  if (!known) {
    faults.push({
      what: `mutableTags is ${JSON.stringify(mutableTags)}, and AWS providers before ${EXCLUSION_SINCE} know only all tags or none`,
      instead: `take a newer provider, e.g. \`groundplan lock --provider aws=^${EXCLUSION_SINCE}\`, or leave it out`,
    });
  }
  if (tagMutability !== "IMMUTABLE") {
    faults.push({
      what: "mutableTags is set, and every tag may move",
      instead: 'use tagMutability "IMMUTABLE"',
    });
  }
  if (mutableTags.length > 5) {
    faults.push({ what: `mutableTags has ${mutableTags.length}`, instead: "use 1 to 5" });
  }
  for (const tag of mutableTags) {
    if (/^[0-9A-Za-z._*-]{1,128}$/.test(tag) && tag.split("*").length <= 3 && /[^*]/.test(tag)) continue;
    faults.push({
      what: `mutableTags has ${JSON.stringify(tag)}: letters, digits, and . _ -, with "*" at most twice`,
      instead: 'use e.g. "latest" or "dev-*"',
    });
  }
  return faults;
}

/** The faults of a repository's name; a token is not judged. */
export function repositoryNameFaults(name: string): readonly Fault[] {
  return Token.isUnresolved(name) ? [] : nameFaults(NAME_RULES.repository, name);
}

/** The retention with every default filled in. */
export function retentionOf({ retention }: RepositorySettings): ImageRetention {
  return { maxImages: 30, tagPrefixes: ["v", "release", "main", "develop"], untaggedDays: 7, ...retention };
}
