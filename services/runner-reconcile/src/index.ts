import { fleetContext } from "../../runner-core/src/fleet-context";
import { reconcile } from "../../runner-core/src/reconcile";

const context = fleetContext(process.env);

/** Orders what is missing; a schedule calls it. */
export function handler(): Promise<void> {
  return reconcile(context);
}
