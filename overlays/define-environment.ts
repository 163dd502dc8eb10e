import { base } from "./base/environment";
import type { Environment, EnvironmentDefaults, EnvironmentOverlay } from "./environment";
import { mergeDeep } from "./merge";

/**
 * An environment: the defaults with what the overlay changes.
 *
 * Objects are merged key by key; a list replaces the default list as a whole.
 * `checkEnvironments` judges the values, so that the faults of all overlays are told at once.
 *
 * @param defaults - those of `overlays/base`, or of another platform.
 */
export function defineEnvironment(
  overlay: EnvironmentOverlay,
  defaults: EnvironmentDefaults = base,
): Environment {
  return mergeDeep(defaults, { ...overlay, account: overlay.account ?? "" });
}
