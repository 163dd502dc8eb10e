import { requireTrustConditions } from "@groundplan/modules/identity";
import { type App, TerraformStack } from "cdktf";
import type { Environment } from "../overlays/environment";
import type { Platform } from "../platform";
import { ClusterStack } from "./cluster";
import { NetworkStack } from "./network";
import { RegistryStack } from "./registry";
import { StateStack } from "./state";

/**
 * Every stack of the platform: the state of each account, then the units of each environment.
 *
 * With one account the state stack is `state`; with several, one for each: `state-<account>`.
 */
export function addStacks(app: App, platform: Platform, environments: readonly Environment[]): void {
  const accounts = [...new Set(environments.map((environment) => environment.account))];
  for (const account of accounts) {
    new StateStack(app, accounts.length === 1 ? "state" : `state-${account}`, { platform, account });
  }
  for (const environment of environments) {
    const network = new NetworkStack(app, { platform, environment });
    new RegistryStack(app, { platform, environment });
    const cluster = new ClusterStack(app, { platform, environment });
    cluster.addDependency(network);
  }
  for (const stack of app.node.children) if (TerraformStack.isStack(stack)) requireTrustConditions(stack);
}
