import { fleetContext } from "../../runner-core/src/fleet-context";
import { scaleDown } from "../../runner-core/src/scale-down";

const context = fleetContext(process.env);

/** Ends instances that are of no use; a schedule calls it. */
export function handler(): Promise<void> {
  return scaleDown(context);
}
