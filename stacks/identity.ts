import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  awsProvider,
  namePrefix,
  parameterRoot,
  placeOf,
  publish,
  SynthError,
  tagAll,
} from "@groundplan/modules/core";
import { partitionOf } from "@groundplan/modules/core/partition";
import {
  type CallingRepository,
  GitHubAccess,
  GitHubOidcProvider,
  IDENTITY,
  type IGitHubOidcProvider,
  PreviewAccess,
} from "@groundplan/modules/identity";
import { BuilderRole } from "@groundplan/modules/image";
import { backendFor, IDENTITY_STACK_KEY } from "@groundplan/modules/state";
import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Environment } from "../overlays/environment";
import type { Platform } from "../overlays/settings/platform";

/** Workflows of the platform that make, change and destroy previews, and the page of all of them. */
const PREVIEW_WORKFLOWS = ["provision.yml", "destroy.yml", "update-dashboard.yml", "ttl-cleanup.yml"];

/** Properties of {@link IdentityStack}. */
export interface IdentityStackProps {
  readonly platform: Platform;

  /** AWS account that the roles are for, 12 digits. */
  readonly account: string;

  /** The environments that lie in it. */
  readonly environments: readonly Environment[];

  /** Those from which images are promoted into them, by their names; each may lie in another account. */
  readonly promotedFrom?: Readonly<Record<string, Environment | undefined>>;
}

/**
 * Who may do what in an account: GitHub as an identity provider, and the roles of its workflows.
 *
 * An administrator deploys it, once and after changes: no workflow can change the roles of the workflows.
 */
export class IdentityStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    super(scope, id);
    const { platform, account, environments, promotedFrom = {} } = props;
    const { name, region, locking, stateEncryption: encryption, repository, github } = platform;
    const state = { platform: name, account, region, locking, encryption };
    awsProvider(this, { region, account, versions: platform.providers?.aws });
    backendFor(this, { ...state, key: IDENTITY_STACK_KEY });
    const { oidcProvider, defaultBranch, ...subject } = github;
    const provider =
      oidcProvider === "own"
        ? new GitHubOidcProvider(this, "github-provider")
        : GitHubOidcProvider.fromAccount(account, region);
    const access = new GitHubAccess(this, "github", {
      provider,
      repository: { repository, ...subject },
      state,
      parameterRoot: parameterRoot(platform),
      roleBoundaries: platform.roleBoundaries ?? true,
      defaultBranch,
      environments: environments.map((environment) => environment.name),
      deliveries: Object.fromEntries(
        environments.map((environment) => {
          const before = promotedFrom[environment.name];
          const pulls = before === undefined ? [] : repositoryArns(name, before);
          return [environment.name, { pushes: repositoryArns(name, environment), pulls }];
        }),
      ),
    });
    new TerraformOutput(this, "plan-role", { value: access.planRole.arn, staticId: true });
    for (const environment of environments) {
      const applyRoleArn = access.applyRole(environment.name).arn;
      const scope = new Construct(this, environment.name);
      const contract = publish(scope, placeOf(platform, environment.name), IDENTITY, {
        githubOidcProviderArn: provider.arn,
        planRoleArn: access.planRole.arn,
        applyRoleArn,
      });
      // A parameter is read in the Region of its environment; roles know no Region.
      if (environment.region !== region) contract.provider = this.providerIn(environment.region, account);
      new TerraformOutput(this, `apply-role-${environment.name}`, { value: applyRoleArn, staticId: true });
      const delivers = access.deliveryRole(environment.name);
      if (delivers) {
        new TerraformOutput(this, `deliver-role-${environment.name}`, {
          value: delivers.arn,
          staticId: true,
        });
      }
      this.imageRole(scope, provider, environment, platform);
      const { callers } = environment.previews;
      if (!environment.previews.enabled || callers.length === 0) continue;
      const previews = new PreviewAccess(scope, "previews", {
        provider,
        workflows: { repository, files: PREVIEW_WORKFLOWS, branch: defaultBranch },
        callers: withPlatform(this, callers, platform),
        state,
        environment: environment.name,
        environments: environments.map(({ name: one }) => one),
      });
      new TerraformOutput(this, `preview-role-${environment.name}`, {
        value: previews.roleArn,
        staticId: true,
      });
    }
    tagAll(this, { Platform: name, Repository: repository, Stack: this.node.id, ManagedBy: "terraform" });
  }

  /** The role of the workflows that build machine images, where the environment has some. */
  private imageRole(
    scope: Construct,
    provider: IGitHubOidcProvider,
    { name, images, account, region }: Environment,
    platform: Platform,
  ): void {
    if (!images.enabled) return;
    const { defaultBranch, oidcProvider: _, ...subject } = platform.github;
    const role = new BuilderRole(scope, "images", {
      ...images,
      provider,
      repository: { repository: platform.repository, ...subject },
      branch: defaultBranch,
      prefix: namePrefix(platform, name),
      place: placeOf(platform, name),
      account,
      region,
    });
    new TerraformOutput(this, `image-role-${name}`, { value: role.arn, staticId: true });
  }

  private providerIn(region: string, account: string): AwsProvider {
    const known = this.node.tryFindChild(`aws-${region}`);
    if (known instanceof AwsProvider) return known;
    return new AwsProvider(this, `aws-${region}`, { alias: region, region, allowedAccountIds: [account] });
  }
}

/**
 * Who calls the workflows of previews: those that an overlay names, and the platform, whose own runs sweep, and destroy what
 * is over.
 *
 * @throws SynthError when the numbers of the platform's repository are not known.
 */
function withPlatform(
  scope: Construct,
  callers: readonly CallingRepository[],
  { repository, github: { ownerId, repositoryId, subjects } }: Platform,
): readonly CallingRepository[] {
  if (callers.some((caller) => caller.repository === repository)) return callers;
  if (ownerId === undefined || repositoryId === undefined) {
    throw new SynthError(scope, [
      {
        what: `previews.callers names repositories, and ${repository} calls the workflows too: its numbers are not known`,
        instead: `give github.ownerId and github.repositoryId in platform.ts: gh api repos/${repository} --jq ".owner.id, .id"`,
      },
    ]);
  }
  return [...callers, { repository, ownerId, repositoryId, ...(subjects === undefined ? {} : { subjects }) }];
}

/** ARNs of the repositories of an environment, as its registry stack makes them. */
function repositoryArns(
  platform: string,
  { name, account, region, registry }: Environment,
): readonly string[] {
  const repositories = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository`;
  return registry.repositories.map((repository) => `${repositories}/${platform}/${name}/${repository}`);
}
