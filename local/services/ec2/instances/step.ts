import type { ListedInstance } from "./listed";

/** What is to be done about one instance. */
export type Step = "boot" | "reboot" | "power off" | "end" | "stopped" | "none";

/**
 * The next step of an instance, by the state that it is to be in and the machine that there is.
 *
 * @param machine - how often it was booted as told; undefined where none runs.
 */
export function nextStep(
  { state, boots }: Pick<ListedInstance, "state" | "boots">,
  machine: { readonly boots: number } | undefined,
): Step {
  switch (state) {
    case "pending":
      return machine === undefined ? "boot" : "none";
    case "running":
      if (machine === undefined) return "boot";
      return machine.boots < boots ? "reboot" : "none";
    case "stopping":
      return machine === undefined ? "stopped" : "power off";
    case "shutting-down":
    case "terminated":
      return "end";
    default:
      return machine === undefined ? "none" : "power off";
  }
}
