import { join } from "node:path";
import { SynthError, synthesize, withoutCreationStacks } from "@groundplan/modules/core";
import { GitOps, renderManifests } from "@groundplan/modules/gitops";
import { requireTrustConditions } from "@groundplan/modules/identity";
import { App, TerraformStack } from "cdktf";
import { checkEnvironments } from "../overlays/checks";
import type { Environment } from "../overlays/environment";
import { checkPlatform } from "../overlays/platform-checks";
import { checkRegistration } from "../overlays/registration";
import type { Platform } from "../overlays/settings/platform";
import { AddonsStack } from "./addons";
import { ApiStack } from "./api";
import { ClusterStack } from "./cluster";
import { IdentityStack } from "./identity";
import { ImagesStack } from "./images";
import { NetworkStack } from "./network";
import { PreviewSharedStack } from "./preview-shared";
import { RegistryStack } from "./registry";
import { RunnersStack } from "./runners";
import { StateStack } from "./state";

/** The app whose Deployment becomes a Rollout where there is a canary. */
const CANARY_APP = "app";

/** Checks a platform, and writes the JSON of all its stacks; a fault is printed, and is the process's exit code. */
export function synthesizePlatform(platform: Platform, environments: readonly Environment[]): void {
  withoutCreationStacks();
  try {
    // Before the app, which makes its output folder at once.
    checkPlatform(platform);
    checkRegistration(platform, environments);
    checkEnvironments(environments, platform);
    const app = new App();
    addStacks(app, platform, environments);
    synthesize(app, { lockFile: join(process.cwd(), ".terraform.lock.hcl") });
  } catch (error) {
    if (!(error instanceof SynthError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * Every stack of the platform: the state and the identities of each account, then the units of each environment.
 *
 * With one account these two are `state` and `identity`; with several, one for each: `state-<account>`.
 */
export function addStacks(app: App, platform: Platform, environments: readonly Environment[]): void {
  const accounts = [...new Set(environments.map((environment) => environment.account))];
  for (const account of accounts) {
    const id = (unit: string) => (accounts.length === 1 ? unit : `${unit}-${account}`);
    new StateStack(app, id("state"), { platform, account, environments });
    const inAccount = environments.filter((environment) => environment.account === account);
    const promotedFrom = Object.fromEntries(environments.map(({ name }, at) => [name, environments[at - 1]]));
    new IdentityStack(app, id("identity"), { platform, account, environments: inAccount, promotedFrom });
  }
  const gitops = gitOps(platform, environments);
  for (const [index, environment] of environments.entries()) {
    const network = new NetworkStack(app, { platform, environment });
    const promotedFrom = environments[index - 1];
    new RegistryStack(app, { platform, environment, gitops, promotedFrom });
    const cluster = new ClusterStack(app, { platform, environment });
    cluster.addDependency(network);
    const addons = new AddonsStack(app, { platform, environment, gitops });
    addons.addDependency(cluster);
    new ApiStack(app, { platform, environment, promotedFrom });
    if (environment.previews.enabled) {
      new PreviewSharedStack(app, { platform, environment }).addDependency(network);
    }
    if (environment.runners.enabled) {
      new RunnersStack(app, { platform, environment, promotedFrom }).addDependency(network);
    }
    if (environment.images.enabled) new ImagesStack(app, { platform, environment });
  }
  for (const stack of app.node.children) if (TerraformStack.isStack(stack)) requireTrustConditions(stack);
}

/** What Argo CD deploys: for the addons stacks, and for the manifests in `argocd/`. */
export function gitOps(platform: Platform, environments: readonly Environment[]): GitOps {
  return new GitOps({
    platform: platform.name,
    ...platform.gitops,
    environments: environments.map(({ name, gitops, delivery: { canary } }) => ({
      name,
      ...gitops,
      ...(canary.enabled
        ? { canary: canary.ingress === undefined ? {} : { rootService: `${name}-${CANARY_APP}` } }
        : {}),
    })),
  });
}

/** The manifests of `argocd/` by their paths there, from what the addons stacks are made of. */
export function argoCdManifests(
  platform: Platform,
  environments: readonly Environment[],
): ReadonlyMap<string, string> {
  return renderManifests(
    gitOps(platform, environments),
    environments.map(({ cluster, ...environment }) => ({
      ...environment,
      kubernetesVersion: cluster.kubernetesVersion,
    })),
  );
}
