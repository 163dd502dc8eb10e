import type { App } from "cdktf";
import type { Environment } from "../overlays/environment";
import type { Platform } from "../platform";
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
    new NetworkStack(app, { platform, environment });
    new RegistryStack(app, { platform, environment });
  }
}
