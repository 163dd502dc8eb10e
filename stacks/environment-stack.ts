import {
  awsProvider,
  namePrefix,
  type Place,
  placeOf,
  SynthError,
  type Tags,
  tagAll,
} from "@groundplan/modules/core";
import { boundRoles, environmentBoundaryArn } from "@groundplan/modules/identity";
import { backendFor, stateKey } from "@groundplan/modules/state";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../overlays/environment";
import type { Platform } from "../overlays/settings/platform";

/** Properties of every stack of an environment. */
export interface EnvironmentStackProps {
  readonly platform: Platform;
  readonly environment: Environment;
}

/**
 * A deployable unit of one environment: its id is `<environment>-<unit>`, its state lies under
 * `environments/<environment>/<unit>/` in the account's state bucket, and all that it makes is tagged.
 */
export abstract class EnvironmentStack extends TerraformStack {
  /** Tags of everything in this stack, for what AWS makes on its behalf. */
  protected readonly commonTags: Tags;

  /** Where its parameters lie, and those of the other stacks of its environment. */
  protected readonly place: Place;

  /** What begins its names that are unique in an account and Region, e.g. `groundplan-dev`. */
  protected readonly namePrefix: string;

  /** @param unit - name of the stack within its environment, e.g. `network`. */
  constructor(scope: Construct, unit: string, props: EnvironmentStackProps) {
    const { platform, environment } = props;
    super(scope, `${environment.name}-${unit}`);
    this.place = placeOf(platform, environment.name);
    this.namePrefix = namePrefix(platform, environment.name);
    awsProvider(this, {
      region: environment.region,
      account: environment.account,
      versions: platform.providers?.aws,
    });
    backendFor(this, {
      platform: platform.name,
      account: environment.account,
      region: platform.region,
      locking: platform.locking,
      encryption: platform.stateEncryption,
      key: stateKey(environment.name, unit),
    });
    this.commonTags = {
      Platform: platform.name,
      Repository: platform.repository,
      Environment: environment.name,
      Stack: this.node.id,
      ManagedBy: "terraform",
      ...environment.tags,
    };
    tagAll(this, this.commonTags);
    if (sharesAccount(platform, environment) && (platform.roleBoundaries ?? true)) {
      const place = { platform: platform.name, account: environment.account, region: environment.region };
      boundRoles(this, environmentBoundaryArn(place, environment.name));
    }
  }

  /** @throws SynthError when Lambda could not read the artifacts of the platform. */
  protected requireArtifactRegion({ platform, environment: { name, region } }: EnvironmentStackProps): void {
    if (region === platform.region) return;
    throw new SynthError(this, [
      {
        what: `the artifacts are in ${platform.region}, and environment ${name} is in ${region}: Lambda takes code from its own Region only`,
        instead: `set region to "${platform.region}" in platform.ts or in the overlay`,
      },
    ]);
  }
}

/** Whether another environment has the account too. */
function sharesAccount({ accounts }: Platform, { name, account }: Environment): boolean {
  return Object.entries(accounts).some(([other, id]) => other !== name && id === account);
}
