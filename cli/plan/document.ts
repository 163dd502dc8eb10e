import { differing } from "./drift";
import type { RawChange, RawPlan, RawResourceChange } from "./raw";
import type { PlanChange, PlanCounts, PlanDocument, PlanResourceChange } from "./result";
import { redactChange, type Secrets } from "./secrets";

/** What a reader needs of a plan, without secrets. */
export function documentOf(plan: RawPlan, secrets: Secrets): PlanDocument {
  const document: PlanDocument = {
    ...pick(plan, ["format_version", "terraform_version", "timestamp", "applyable", "complete", "errored"]),
    resource_changes: (plan.resource_changes ?? []).map(resourceOf),
    resource_drift: differing(plan).map(resourceOf),
    output_changes: Object.fromEntries(
      Object.entries(plan.output_changes ?? {}).map(([name, change]) => [name, changeOf(change)]),
    ),
  };
  return secrets.scrubAll(document);
}

function resourceOf(resource: RawResourceChange): PlanResourceChange {
  return {
    ...pick(resource, [
      "address",
      "previous_address",
      "module_address",
      "mode",
      "type",
      "name",
      "index",
      "provider_name",
      "deposed",
      "action_reason",
    ]),
    change: changeOf(resource.change),
  };
}

/** What Terraform adds to a change in later versions may hold secrets: only what is known is taken. */
function changeOf(change: RawChange): PlanChange {
  return pick(redactChange(change), [
    "actions",
    "before",
    "after",
    "after_unknown",
    "before_sensitive",
    "after_sensitive",
    "replace_paths",
    "importing",
  ]);
}

function pick<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.flatMap((key) => (key in value ? [[key, value[key]]] : []))) as Pick<T, K>;
}

/** The numbers of a plan. */
export function countsOf(plan: RawPlan): PlanCounts {
  const resources = (plan.resource_changes ?? []).filter(({ mode }) => mode !== "data");
  const actions = resources.map(({ change }) => actionOf(change.actions));
  const count = (action: string) => actions.filter((one) => one === action).length;
  return {
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
    forget: count("forget"),
    import: resources.filter(({ change }) => change.importing !== undefined).length,
    move: resources.filter(
      (one) => one.previous_address !== undefined && one.previous_address !== one.address,
    ).length,
    drift: differing(plan).filter(({ change }) => changes(change)).length,
    outputs: Object.values(plan.output_changes ?? {}).filter(changes).length,
  };
}

/** Whether a change is one. */
export function changes({ actions }: RawChange): boolean {
  return actions.some((action) => action !== "no-op" && action !== "read");
}

/**
 * A list of actions in one word.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
export function actionOf(
  actions: readonly string[],
): "create" | "update" | "replace" | "delete" | "forget" | "none" {
  const gone = actions.includes("delete") || actions.includes("forget");
  if (actions.includes("create")) return gone ? "replace" : "create";
  if (actions.includes("delete")) return "delete";
  if (actions.includes("forget")) return "forget";
  return actions.includes("update") ? "update" : "none";
}
