import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { Faults, fitName, NAME_RULES, type PolicyStatement, partitionOf, policyDocument } from "../core";
import { cachePolicy } from "./lifecycle";

/**
 * Public registries that ECR can cache, and whether they ask for a credential.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export const UPSTREAMS = {
  "ecr-public": { url: "public.ecr.aws", credential: false },
  kubernetes: { url: "registry.k8s.io", credential: false },
  quay: { url: "quay.io", credential: false },
  "docker-hub": { url: "registry-1.docker.io", credential: true },
  github: { url: "ghcr.io", credential: true },
  gitlab: { url: "registry.gitlab.com", credential: true },
} as const;

/** A registry that ECR can cache. */
export type Upstream = keyof typeof UPSTREAMS;

/** Properties of {@link PullThroughCache}. */
export interface PullThroughCacheProps {
  readonly upstream: Upstream;

  /** Begins the names of the cached repositories, e.g. `dev`: an image `nginx/nginx` becomes `dev/ecr-public/nginx/nginx`. */
  readonly prefix: string;

  readonly region: string;

  /** AWS account of the registry, 12 digits. */
  readonly account: string;

  /**
   * Secret with the upstream's user name and access token; its name begins with `ecr-pullthroughcache/`.
   *
   * @default - none, which Docker Hub, GitHub and GitLab refuse
   */
  readonly credentialArn?: string;

  /**
   * KMS key that encrypts the cached images.
   *
   * @default - AES-256 by S3
   */
  readonly kmsKeyArn?: string;

  /**
   * Days after which a cached image expires; it is fetched again when it is asked for.
   *
   * @default 90
   */
  readonly expireDays?: number;

  /** Tags of the repositories that ECR makes. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Caches a public registry in ECR. The repositories that ECR makes for it are encrypted, tagged and
 * emptied as a template says; their tags stay mutable, since the upstream moves them.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export class PullThroughCache extends Construct {
  /** Prefix of the cached repositories, e.g. `dev/ecr-public`; at most 30 characters. */
  readonly repositoryPrefix: string;

  /** @throws SynthError when the prefix is too long, or the credential is missing or no such secret. */
  constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    this.repositoryPrefix = `${props.prefix}/${props.upstream}`;
    this.check(props);
    const template = new EcrRepositoryCreationTemplate(this, "template", {
      prefix: this.repositoryPrefix,
      description: `Repositories cached from ${UPSTREAMS[props.upstream].url}`,
      appliedFor: ["PULL_THROUGH_CACHE"],
      imageTagMutability: "MUTABLE",
      encryptionConfiguration: [
        props.kmsKeyArn === undefined
          ? { encryptionType: "AES256" }
          : { encryptionType: "KMS", kmsKey: props.kmsKeyArn },
      ],
      lifecyclePolicy: cachePolicy(props.expireDays ?? 90),
      resourceTags: { ...props.tags },
      customRoleArn: this.creatorArn(props),
    });
    new EcrPullThroughCacheRule(this, "rule", {
      ecrRepositoryPrefix: this.repositoryPrefix,
      upstreamRegistryUrl: UPSTREAMS[props.upstream].url,
      ...(props.credentialArn === undefined ? {} : { credentialArn: props.credentialArn }),
      // The first pull may follow at once: the template has to be there.
      dependsOn: [template],
    });
  }

  /** The role by which ECR makes repositories: needed for tags and for a KMS key. */
  private creatorArn(props: PullThroughCacheProps): string {
    const { account, region } = props;
    const partition = partitionOf(region);
    const role = new IamRole(this, "role", {
      name: fitName(`${this.repositoryPrefix.replaceAll("/", "-")}-cache-${region}`, NAME_RULES.role.maxLength),
      description: `Makes the repositories cached under ${this.repositoryPrefix}`,
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: "ecr.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ]),
    });
    const repositories: PolicyStatement = {
      Effect: "Allow",
      Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
      Resource: `arn:${partition}:ecr:${region}:${account}:repository/${this.repositoryPrefix}/*`,
    };
    const key: PolicyStatement[] =
      props.kmsKeyArn === undefined
        ? []
        : [
            {
              Effect: "Allow",
              Action: ["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"],
              Resource: props.kmsKeyArn,
            },
          ];
    new IamRolePolicy(this, "role-policy", {
      name: "create-repositories",
      role: role.id,
      policy: policyDocument([repositories, ...key]),
    });
    return role.arn;
  }

  private check(props: PullThroughCacheProps): void {
    const faults = new Faults();
    if (!/^[a-z0-9][a-z0-9._/-]{0,28}[a-z0-9]$/.test(this.repositoryPrefix)) {
      faults.add(
        `cache prefix ${JSON.stringify(this.repositoryPrefix)} has not the form that ECR takes, 2 to 30 lower-case characters`,
        'use a shorter prefix, e.g. "dev"',
      );
    }
    const secret = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+$/;
    const { credentialArn } = props;
    if (UPSTREAMS[props.upstream].credential && credentialArn === undefined) {
      faults.add(
        `${props.upstream} is cached with a credential only`,
        'give credentialArn: the ARN of a secret whose name begins with "ecr-pullthroughcache/"',
      );
    }
    if (credentialArn !== undefined && !credentialArn.includes("${") && !secret.test(credentialArn)) {
      faults.add(
        `credentialArn ${JSON.stringify(credentialArn)} is not a secret that ECR takes`,
        'use the ARN of a secret whose name begins with "ecr-pullthroughcache/"',
      );
    }
    const days = props.expireDays ?? 90;
    if (!Number.isInteger(days) || days < 1) faults.add(`expireDays is ${days}`, "use a whole number of 1 or more, e.g. 90");
    faults.throwIfAny(this);
  }
}
