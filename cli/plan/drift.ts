import { isDeepStrictEqual } from "node:util";
import { at } from "../input/json";
import type { ChangeJson, ResourceChangeJson } from "./plan-json";
import type { RawModule, RawPlan } from "./raw";

/**
 * Attributes by which somebody lets others in without touching what the code sets: rules and policies that a
 * resource lists though other resources made them.
 */
const OPENING: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ["inline_policy", "managed_policy_arns"],
  aws_kms_key: ["policy"],
  aws_s3_bucket: ["policy", "grant", "acl"],
  aws_security_group: ["ingress", "egress"],
  aws_sns_topic: ["policy"],
  aws_sqs_queue: ["policy"],
};

/**
 * What differs from the state in earnest. A first refresh after an apply turns `null` into an empty list or map
 * in many resources, and Terraform notes each of them; a mere move is noted too.
 */
export function differing({ resource_drift: all = [] }: RawPlan): readonly ResourceChangeJson[] {
  return all.filter(
    ({ change }) => !stays(change) || !isDeepStrictEqual(filled(change.before), filled(change.after)),
  );
}

/**
 * What was changed outside of Terraform: of what differs from the state, that which the next apply would change
 * back, and that which lets others in.
 *
 * A provider reads much more than the code sets, and notes what AWS or another resource has made of it since:
 * a role lists the policies that `aws_iam_role_policy` gives it. Nothing is to be done about that.
 *
 * @param planned - an ordinary plan of the same moment; without one everything that differs counts.
 */
export function drifted(plan: RawPlan, planned: RawPlan | undefined): readonly ResourceChangeJson[] {
  const all = differing(plan);
  if (!planned) return all;
  return all.filter((resource) => {
    if (!stays(resource.change)) return true;
    const next = planned.resource_changes?.find(
      ({ address, deposed }) => address === resource.address && deposed === resource.deposed,
    );
    if (!next) return true;
    return changedKeys(resource.change).some(
      (key) => reverts(next.change, key) || opens(resource, key, planned),
    );
  });
}

/** Whether the object still stands. */
function stays({ actions }: ChangeJson): boolean {
  return actions.every((action) => action === "update" || action === "no-op");
}

/** Attributes that differ, but for what is empty in another way. */
function changedKeys({ before, after }: ChangeJson): readonly string[] {
  const keys = new Set([before, after].flatMap((side) => Object.keys((side ?? {}) as object)));
  return [...keys].filter((key) => !isDeepStrictEqual(filled(at(before, key)), filled(at(after, key))));
}

/** Whether a plan sets an attribute to something else than what was found. */
function reverts({ before, after, after_unknown: unknown }: ChangeJson, key: string): boolean {
  // Nothing is known of what an attribute becomes that the provider computes.
  if (at(unknown, key) === true) return false;
  return !isDeepStrictEqual(filled(at(before, key)), filled(at(after, key)));
}

/** Whether an attribute lets in what no other resource of the stack accounts for. */
function opens({ address, type, change }: ResourceChangeJson, key: string, planned: RawPlan): boolean {
  if (!OPENING[type]?.includes(key)) return false;
  const known = leaves(others(planned.prior_state?.values?.root_module, address));
  const before = itemsOf(at(change.before, key)).map(filled);
  return itemsOf(at(change.after, key)).some(
    (item) =>
      !before.some((one) => isDeepStrictEqual(one, filled(item))) &&
      [...leaves(item)].some((leaf) => !known.has(leaf)),
  );
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Values of every other resource of the state. */
function others(module: RawModule | undefined, address: string): readonly unknown[] {
  const own = (module?.resources ?? []).flatMap((one) => (one.address === address ? [] : [one.values]));
  return [...own, ...(module?.child_modules ?? []).flatMap((child) => others(child, address))];
}

/** Every text and number in a value; what a text holds as JSON too, so that spaces do not count. */
function leaves(value: unknown, found = new Set<unknown>()): ReadonlySet<unknown> {
  if (typeof value === "string" && /^\s*[{[]/.test(value)) {
    try {
      return leaves(JSON.parse(value), found);
    } catch {
      // It only looks like JSON.
    }
  }
  if (typeof value === "number" || (typeof value === "string" && value !== "")) found.add(value);
  else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) leaves(item, found);
  }
  return found;
}

/** A value without what is empty. */
function filled(value: unknown): unknown {
  if (value === null || value === undefined || value === "") return undefined;
  if (typeof value !== "object") return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, filled(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
