import { differing } from "./drift";
import {
  type ActionInvocationJson,
  type ChangeJson,
  type CheckJson,
  PLAN_JSON,
  type PlanJson,
  type ResourceChangeJson,
} from "./plan-json";
import type { RawPlan } from "./raw";
import { redactChange } from "./redact";
import { type Surroundings, surroundingsOf } from "./references";
import type { PlanCounts } from "./result";
import type { Secrets } from "./secrets";

/** What a reader needs of a plan, without secrets. */
export function documentOf(raw: RawPlan, secrets: Secrets): PlanJson {
  const plan = secrets.mark(raw);
  const change = (one: ChangeJson) => changeOf(one, secrets);
  const resource = (one: ResourceChangeJson) => resourceOf(one, change);
  return {
    ...pick(plan, ["format_version", "terraform_version", "timestamp", "applyable", "complete", "errored"]),
    resource_changes: (plan.resource_changes ?? []).map(resource),
    resource_drift: differing(plan).map(resource),
    output_changes: Object.fromEntries(
      Object.entries(plan.output_changes ?? {}).map(([name, one]) => [name, change(one)]),
    ),
    ...some("checks", (plan.checks ?? []).filter(({ status }) => status !== "pass").map(checkOf(secrets))),
    ...some("action_invocations", (plan.action_invocations ?? []).map(invocationOf)),
    ...some(
      "deferred_changes",
      (plan.deferred_changes ?? []).map((one) => ({
        ...pick(one, ["reason"]),
        resource_change: resource(one.resource_change),
      })),
    ),
    ...some(
      "deferred_action_invocations",
      (plan.deferred_action_invocations ?? []).map((one) => ({
        ...pick(one, ["reason"]),
        action_invocation: invocationOf(one.action_invocation),
      })),
    ),
    ...some("unknown_parts", unknownParts(plan)),
    ...some("warnings", secrets.scrubAll(plan.warnings ?? [])),
    ...placeOf(plan),
  };
}

/** Where its resources are, and what refers to what: of the configuration, or as an earlier run has read it. */
function placeOf(plan: RawPlan): Surroundings {
  return plan.configuration === undefined
    ? pick(plan as Surroundings, ["region", "regions", "references"])
    : surroundingsOf(plan.configuration, plan.variables);
}

/** A list under its name; nothing for an empty one. */
function some<K extends string, T>(name: K, list: readonly T[]): { readonly [Key in K]?: readonly T[] } {
  return list.length === 0 ? {} : ({ [name]: list } as { readonly [Key in K]?: readonly T[] });
}

/** Parts of Terraform's plan JSON, up to format 1.2; those that are only read by Groundplan itself too. */
const KNOWN_PARTS: ReadonlySet<string> = new Set([
  ...Object.keys(PLAN_JSON.properties),
  "variables",
  "planned_values",
  "proposed_unknown",
  "prior_state",
  "configuration",
  "relevant_attributes",
]);

/** Names of what a later Terraform adds and that says something: whoever reads the report is told of it. */
function unknownParts(plan: RawPlan): readonly string[] {
  const isEmpty = (value: unknown) =>
    value === null || typeof value !== "object" || Object.keys(value).length === 0;
  const found = Object.entries(plan).flatMap(([name, value]) =>
    KNOWN_PARTS.has(name) || isEmpty(value) ? [] : [name],
  );
  return [...(plan.unknown_parts ?? []), ...found];
}

function checkOf(secrets: Secrets): (check: CheckJson) => CheckJson {
  return ({ address, status, instances = [] }) => ({
    address: pick(address, ["to_display"]),
    status,
    instances: instances.map((instance) => ({
      ...(instance.address ? { address: pick(instance.address, ["to_display"]) } : {}),
      status: instance.status,
      problems: (instance.problems ?? []).map(({ message }) => ({ message: secrets.scrub(message) })),
    })),
  });
}

/** Without its configuration, which may hold secrets. */
function invocationOf({ address, lifecycle_action_trigger: trigger }: ActionInvocationJson) {
  return {
    address,
    ...(trigger
      ? {
          lifecycle_action_trigger: pick(trigger, ["triggering_resource_address", "action_trigger_event"]),
        }
      : {}),
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
  const scrubbed: { -readonly [Key in keyof ChangeJson]: ChangeJson[Key] } = known;
  for (const name of values) {
    const value = known[name];
    if (value !== undefined) scrubbed[name] = secrets.scrubValue(value);
  }
  if (known.importing) scrubbed.importing = secrets.scrubAll(known.importing);
  return scrubbed;
}

function pick<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (key in value) picked[key] = value[key];
  return picked as Pick<T, K>;
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
