import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
import { EcrRepositoryCreationTemplate } from "@cdktf/provider-aws/lib/ecr-repository-creation-template";
import { Construct } from "constructs";
import { Faults } from "../core";
import { creatorRole } from "./creator-role";
import { cachePolicy } from "./lifecycle";
import { cachePrefixFaults, credentialFaults, UPSTREAMS, type Upstream } from "./upstreams";

/** Properties of {@link PullThroughCache}. */
export interface PullThroughCacheProps {
  /** The registry that is cached. */
  readonly upstream: Upstream;

  /**
   * Begins the names of the cached repositories, e.g. `groundplan/dev`: an image `nginx/nginx` becomes
   * `groundplan/dev/ecr-public/nginx/nginx`. Rules belong to an account and Region, so the environments that
   * share them need different prefixes: `cachePrefix` makes one that fits.
   */
  readonly prefix: string;

  /** AWS account of the registry, 12 digits. */
  readonly account: string;

  /** AWS Region of the registry, e.g. `us-east-1`. */
  readonly region: string;

  /**
   * What begins the name of the role by which ECR makes the repositories, e.g. `groundplan-dev`: whoever applies may
   * make roles of certain names only, and ECR's 30 characters may have cut the `prefix`.
   *
   * @default - the prefix, with hyphens
   */
  readonly roleNamePrefix?: string;

  /**
   * Secret with the upstream's user name and access token, in the same account and Region; its name begins
   * with `ecr-pullthroughcache/`.
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
   * Days after which a cached image expires, 1 or more; it is fetched again when it is asked for.
   *
   * @default 90
   */
  readonly expireDays?: number;

  /**
   * Tags of the repositories that ECR makes, which no Terraform state knows.
   *
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Caches a public registry in ECR. The repositories that ECR makes for it are encrypted, tagged and
 * emptied as a template says; their tags stay mutable, since the upstream moves them.
 *
 * Whoever pulls an image for the first time needs what `cacheStatements` says on `<prefix>/<upstream>/*`, later no more
 * than for any other image.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export class PullThroughCache extends Construct {
  /** Prefix of the cached repositories, e.g. `dev/ecr-public`; at most 30 characters. */
  readonly repositoryPrefix: string;

  /** @throws SynthError with every fault: of the prefix, the credential and the days. */
  constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    const { upstream, kmsKeyArn, credentialArn, tags = {}, expireDays = 90 } = props;
    this.repositoryPrefix = `${props.prefix}/${upstream}`;
    const faults = new Faults();
    faults.addAll(cachePrefixFaults(this.repositoryPrefix));
    faults.addAll(credentialFaults(upstream, credentialArn, props));
    if (!Number.isInteger(expireDays) || expireDays < 1) {
      faults.add(`expireDays is ${expireDays}`, "use a whole number of 1 or more, e.g. 90");
    }
    faults.throwIfAny(this);

    // ECR asks for a role where it has to write tags or use a KMS key.
    const needsRole = kmsKeyArn !== undefined || Object.keys(tags).length > 0;
    const role = needsRole
      ? creatorRole(this, {
          ...props,
          repositoryPrefix: this.repositoryPrefix,
          roleNamePrefix: `${props.roleNamePrefix ?? props.prefix.replaceAll("/", "-")}-${upstream}`,
        })
      : undefined;
    const template = new EcrRepositoryCreationTemplate(this, "template", {
      prefix: this.repositoryPrefix,
      description: `Repositories cached from ${UPSTREAMS[upstream].url}`,
      appliedFor: ["PULL_THROUGH_CACHE"],
      imageTagMutability: "MUTABLE",
      encryptionConfiguration: [
        kmsKeyArn === undefined ? { encryptionType: "AES256" } : { encryptionType: "KMS", kmsKey: kmsKeyArn },
      ],
      lifecyclePolicy: cachePolicy(expireDays),
      resourceTags: { ...tags },
      ...(role === undefined ? {} : { customRoleArn: role.arn, dependsOn: [role.policy] }),
    });
    new EcrPullThroughCacheRule(this, "rule", {
      ecrRepositoryPrefix: this.repositoryPrefix,
      upstreamRegistryUrl: UPSTREAMS[upstream].url,
      ...(credentialArn === undefined ? {} : { credentialArn }),
      // The first pull may follow at once: the template has to be there.
      dependsOn: [template],
    });
  }
}
