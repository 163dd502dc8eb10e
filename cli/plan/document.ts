import { differing } from "./drift";
import type { ChangeJson, PlanJson, ResourceChangeJson } from "./plan-json";
import type { RawPlan } from "./raw";
import { redactChange } from "./redact";
import type { PlanCounts } from "./result";
import type { Secrets } from "./secrets";

/** What a reader needs of a plan, without secrets. */
export function documentOf(plan: RawPlan, secrets: Secrets): PlanJson {
  const change = (one: ChangeJson) => changeOf(one, secrets);
  const resource = (one: ResourceChangeJson) => resourceOf(one, change);
  return {
    ...pick(plan, ["format_version", "terraform_version", "timestamp", "applyable", "complete", "errored"]),
    resource_changes: (plan.resource_changes ?? []).map(resource),
    resource_drift: differing(plan).map(resource),
    output_changes: Object.fromEntries(
      Object.entries(plan.output_changes ?? {}).map(([name, one]) => [name, change(one)]),
    ),
  };
}

function resourceOf(
  resource: ResourceChangeJson,
  change: (one: ChangeJson) => ChangeJson,
): ResourceChangeJson {
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
    change: change(resource.change),
  };
}

/** What Terraform adds to a change in later versions may hold secrets: only what is known is taken. */
function changeOf(change: ChangeJson, secrets: Secrets): ChangeJson {
  const known = pick(redactChange(change), [
    "actions",
    "before",
    "after",
    "after_unknown",
    "before_sensitive",
    "after_sensitive",
    "replace_paths",
    "importing",
  ]);
  const values = ["before", "after", "after_unknown", "before_sensitive", "after_sensitive"] as const;
  return {
    ...known,
    ...Object.fromEntries(
      values.flatMap((name) => {
        const value = known[name];
        return value === undefined ? [] : [[name, secrets.scrubValue(value)]];
      }),
    ),
    ...(known.importing ? { importing: secrets.scrubAll(known.importing) } : {}),
  };
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
export function changes({ actions }: ChangeJson): boolean {
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
