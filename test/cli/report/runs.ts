import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../../cli/input/json";
import type { PlanJson, ResourceChangeJson } from "../../../cli/plan/plan-json";
import type { PlannedStack, PlanRun } from "../../../cli/plan/result";
import type { Report } from "../../../cli/report/model";
import { reportOf } from "../../../cli/report/report";

/** A plan that Terraform 1.11 and the AWS provider 5.100 made on the emulator, cut to what changes. */
export function realPlan(name: "everything" | "refresh-only"): PlanJson {
  return JSON.parse(readFileSync(join(__dirname, "plans", `${name}.json`), "utf8")) as PlanJson;
}

/** Secrets that the real plans hold. */
export const SECRETS = ["hunter2-first", "hunter2-second"];

/** A stack of a run. */
export function planned(name: string, some: Partial<PlannedStack> = {}): PlannedStack {
  const cut = name.lastIndexOf("-");
  return {
    name,
    ...(cut > 0 ? { environment: name.slice(0, cut) } : {}),
    unit: name.slice(cut + 1),
    dependencies: [],
    status: "changed",
    seconds: 1,
    files: { json: `stacks/${name}/plan.json` },
    ...some,
  };
}

/** A run of some stacks. */
export function runOf(stacks: readonly PlannedStack[], some: Partial<PlanRun> = {}): PlanRun {
  return {
    format: "groundplan.plan",
    version: 1,
    groundplan: "0.1.0",
    terraform: "Terraform 1.11.4",
    app: ".",
    commit: "0123456789abcdef0123456789abcdef01234567",
    modified: false,
    started: "2026-11-21T09:00:00Z",
    seconds: 1,
    scope: { kind: "all" },
    outcome: "complete",
    stacks,
    left: [],
    removed: [],
    ...some,
  };
}

/** The report of stacks, each with its plan. */
export function reportWith(plans: Readonly<Record<string, PlanJson>>, some: Partial<PlanRun> = {}): Report {
  const stacks = Object.keys(plans).map((name) => planned(name));
  return reportOf(runOf(stacks, some), (name) => plans[name]);
}

/** A resource's change. */
export function resource(
  address: string,
  actions: readonly string[],
  before: Json,
  after: Json,
  some: Partial<ResourceChangeJson["change"]> & Partial<Omit<ResourceChangeJson, "change">> = {},
): ResourceChangeJson {
  const { action_reason, previous_address, mode = "managed", type, ...change } = some;
  return {
    address,
    mode,
    type: type ?? address.split(".")[0] ?? "",
    ...(action_reason === undefined ? {} : { action_reason }),
    ...(previous_address === undefined ? {} : { previous_address }),
    change: { actions, before, after, ...change },
  };
}
