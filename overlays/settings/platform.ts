import type { Sso } from "@groundplan/modules/gitops/sso";
import type { SubjectFormat } from "@groundplan/modules/identity";
import type { Locking, StateEncryption } from "@groundplan/modules/state";

/** The facts that a team sets once, for all environments. */
export interface Platform {
  /** Name of the platform: begins every name that is unique in an account, so that two platforms can share one; 2 to 20 characters, lower case. */
  readonly name: string;

  /**
   * Names as Groundplan gave them before they carried the platform's: keeps a deployment of that time as it is. Only
   * one platform of an account can have them; docs/upgrading.md says how to leave them.
   *
   * @default false
   */
  readonly legacyNames?: boolean;

  /** GitHub repository of the platform, `owner/name`: written into the tags, so that a resource leads back to its code. */
  readonly repository: string;

  /** AWS Region of the Terraform state. */
  readonly region: string;

  /** AWS account of each environment by the environment's name, 12 digits; several may share one. */
  readonly accounts: Readonly<Record<string, string>>;

  /** Names of the environments in the order in which a change moves through them; `overlays/index.ts` registers each. */
  readonly promotion: readonly string[];

  /** DNS domain of the platform: environments have names below it, e.g. `argocd.dev.example.com`. */
  readonly domain: string;

  /** What Argo CD deploys from, and who hears of it. */
  readonly gitops: {
    /** Git repository that holds the manifests. */
    readonly repositoryUrl: string;

    /** Slack channel that hears of syncs in staging and prod, without `#`. */
    readonly slackChannel: string;

    /** PagerDuty service that hears when prod is unwell; up to 63 letters, digits and hyphens. */
    readonly pagerDutyService: string;

    /** SSO groups that see everything in Argo CD and may sync dev. */
    readonly developers: readonly string[];

    /** SSO groups that may do everything in Argo CD. */
    readonly admins: readonly string[];

    /** How people sign in to Argo CD; their groups come with it. @default - none: only the local admin may */
    readonly sso?: Sso;
  };

  /**
   * AWS account that keeps the artifacts of all environments: that of the first environment in {@link promotion}, whose
   * job publishes in GitHub's workflow, with its role.
   */
  readonly artifactAccount: string;

  /**
   * Roles of that account, `*` allowed within a name, that may delete artifacts which no environment needs
   * (`groundplan artifact prune`), beside GitHub's that publishes.
   *
   * @default - none
   */
  readonly artifactPruners?: readonly string[];

  /**
   * Name of the platform that has what ECR keeps once for an account and Region (`registry.replicateTo`,
   * `registry.enhancedScanning`), by account, where several platforms share it. `groundplan doctor` says where an apply would
   * take away what another one has set.
   *
   * @default - this platform, in each of its accounts
   */
  readonly registryOwners?: Readonly<Record<string, string>>;

  /** How a write to the Terraform state is locked: `dynamodb`, `both` (the migration step) or `s3`. */
  readonly locking: Locking;

  /** Keys that encrypt the Terraform state: AWS's own (`aws`), a KMS key of the platform (`own`), or a given one. */
  readonly stateEncryption: StateEncryption;

  /** How GitHub's workflows reach the accounts. */
  readonly github: GitHubSettings;

  /**
   * Whether the roles of environments that share an account carry the boundary of their environment. The stack `identity`
   * makes it: deploy that first.
   *
   * @default true
   */
  readonly roleBoundaries?: boolean;

  /**
   * Versions of Terraform's providers that are taken, within what Groundplan's output is valid for: a major (`6.x`), a minor
   * (`6.66.x`), one version (`6.66.0`), or a version and later ones of its major (`^6.8.0`). docs/providers.md says more.
   *
   * @default - every version that the output is valid for: 5.100 and later ones, and 6
   */
  readonly providers?: { readonly aws?: string };
}

/** What the roles of GitHub's workflows trust; see docs/ci.md. */
export interface GitHubSettings {
  /** Branch that is merged into: runs on it plan, and look for drift. */
  readonly defaultBranch: string;

  /** Number of the repository's owner on GitHub, for subjects that no renaming can take over. */
  readonly ownerId?: string;

  /** Number of the repository on GitHub. */
  readonly repositoryId?: string;

  /**
   * Form of the subject in GitHub's tokens: with names (`names`), with the numbers too (`immutable`), or either.
   *
   * @default - `both` with numbers, `names` without
   */
  readonly subjects?: SubjectFormat;

  /** Whether the identity stack makes GitHub's identity provider in each account, or it is there already. */
  readonly oidcProvider: "own" | "existing";
}
