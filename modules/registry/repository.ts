import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { EcrRepositoryPolicy } from "@cdktf/provider-aws/lib/ecr-repository-policy";
import { Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import { Faults, NAME_RULES, nameFaults, type PolicyStatement, partitionOf, policyDocument, SynthError } from "../core";
import { type Grantee, granteeFaults, grantStatement, PULL_ACTIONS, PUSH_ACTIONS } from "./grants";
import { type ImageRetention, lifecyclePolicy, retentionFaults } from "./lifecycle";

/** Properties of {@link Repository}. */
export interface RepositoryProps {
  /** Name of the repository with its prefix, e.g. `groundplan/dev/api`; 2 to 256 characters. */
  readonly repositoryName: string;

  /** AWS Region, for the partition in ARNs. */
  readonly region: string;

  /**
   * Whether a tag may be moved to another image.
   *
   * @default "IMMUTABLE"
   */
  readonly tagMutability?: "MUTABLE" | "IMMUTABLE";

  /**
   * Looks for known vulnerabilities in every image that is pushed.
   *
   * @default true
   */
  readonly scanOnPush?: boolean;

  /**
   * KMS key that encrypts the images; it cannot be changed later.
   *
   * @default - AES-256 by S3
   */
  readonly kmsKeyArn?: string;

  /**
   * Lets Terraform destroy the repository while it holds images.
   *
   * @default false
   */
  readonly forceDelete?: boolean;

  /**
   * Which images are kept.
   *
   * @default - the last 30 of `v`, `release`, `main` and `develop` each; untagged ones for 7 days
   */
  readonly retention?: Partial<ImageRetention>;
}

/**
 * An ECR repository with its lifecycle, and a policy for those who were granted something.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html
 */
export class Repository extends Construct {
  readonly repositoryName: string;
  readonly repositoryArn: string;

  /** Where images are pushed to and pulled from, without a tag. */
  readonly repositoryUrl: string;

  private readonly statements: PolicyStatement[] = [];
  private readonly resource: EcrRepository;
  private readonly partition: string;

  /** @throws SynthError with every fault of the name and the retention. */
  constructor(scope: Construct, id: string, props: RepositoryProps) {
    super(scope, id);
    const retention: ImageRetention = {
      maxImages: 30,
      tagPrefixes: ["v", "release", "main", "develop"],
      untaggedDays: 7,
      ...props.retention,
    };
    const faults = new Faults();
    if (!Token.isUnresolved(props.repositoryName)) {
      faults.addAll(nameFaults(NAME_RULES.repository, props.repositoryName));
    }
    faults.addAll(retentionFaults(retention));
    faults.throwIfAny(this);

    this.partition = partitionOf(props.region);
    this.resource = new EcrRepository(this, "repository", {
      name: props.repositoryName,
      imageTagMutability: props.tagMutability ?? "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: props.scanOnPush ?? true },
      encryptionConfiguration: [
        props.kmsKeyArn === undefined
          ? { encryptionType: "AES256" }
          : { encryptionType: "KMS", kmsKey: props.kmsKeyArn },
      ],
      forceDelete: props.forceDelete ?? false,
      tags: { Name: props.repositoryName },
    });
    this.repositoryName = this.resource.name;
    this.repositoryArn = this.resource.arn;
    this.repositoryUrl = this.resource.repositoryUrl;
    new EcrLifecyclePolicy(this, "lifecycle", {
      repository: this.resource.name,
      policy: lifecyclePolicy(retention),
    });
  }

  /**
   * Lets a principal of another account, or an AWS service, pull images.
   *
   * Principals of the repository's own account need no more than a policy of their own.
   *
   * @throws SynthError when the grantee is no principal.
   */
  grantPull(grantee: Grantee): void {
    this.grant("Pull", PULL_ACTIONS, grantee);
  }

  /** Lets a principal of another account push images, and pull them. @throws SynthError when the grantee is no principal. */
  grantPush(grantee: Grantee): void {
    this.grant("Push", PUSH_ACTIONS, grantee);
  }

  private grant(what: string, actions: readonly string[], grantee: Grantee): void {
    const faults = granteeFaults(grantee);
    if (faults.length > 0) throw new SynthError(this, faults);
    if (this.statements.length === 0) {
      new EcrRepositoryPolicy(this, "policy", {
        repository: this.resource.name,
        // Later grants add to it: the text is made at synth.
        policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
      });
    }
    const sid = `${what}${this.statements.length + 1}`;
    this.statements.push(grantStatement(sid, actions, grantee, this.partition));
  }
}
