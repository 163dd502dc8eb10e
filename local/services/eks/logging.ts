import { invalid } from "./error";
import { type Input, listOf, objectsOf } from "./input";

/** What a control plane can log. */
const TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** The whole of a logging configuration: each type is either on or off. */
export interface Logging {
  readonly clusterLogging: readonly { readonly types: readonly string[]; readonly enabled: boolean }[];
}

/**
 * Turns types on and off; those that are not named stay as they are.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Logging.html
 */
export function loggingOf(input: Input | undefined, before?: Logging): Logging {
  const on = new Set(before?.clusterLogging.flatMap(({ enabled, types }) => (enabled ? types : [])));
  for (const setup of objectsOf(input ?? {}, "clusterLogging")) {
    for (const type of listOf(setup, "types")) {
      if (!TYPES.includes(type)) throw invalid(`log type ${type} is invalid: use one of ${TYPES.join(", ")}`);
      if (setup.enabled === true) on.add(type);
      else on.delete(type);
    }
  }
  const group = (enabled: boolean) => ({ types: TYPES.filter((type) => on.has(type) === enabled), enabled });
  return { clusterLogging: [group(true), group(false)].filter(({ types }) => types.length > 0) };
}
