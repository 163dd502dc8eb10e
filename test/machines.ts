import { existsSync } from "node:fs";
import { machineBase } from "../local/hosts/machine-base";
import { machineObstacle } from "../local/hosts/obstacles";

/** Suites with machines that boot take minutes: they run where they are asked for, and each night. */
export const wantsMachines = process.env.GROUNDPLAN_MACHINES === "1";

/** Why the suites with machines that boot are left out; undefined where they run. Asked for in CI, they must run. */
export function machinesLeftOut(): string | undefined {
  if (!wantsMachines) return "GROUNDPLAN_MACHINES=1 runs it, and nightly.yml";
  if (process.env.CI === "true") return undefined;
  if (existsSync(machineBase())) return machineObstacle();
  return machineObstacle() ?? "groundplan local up --instances boot has never run";
}
