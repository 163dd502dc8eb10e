import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { at } from "../input/json";
import { actionOf } from "../plan/document";
import type { ChangeJson, PlanJson, ResourceChangeJson } from "../plan/plan-json";

/**
 * In what a fresh plan goes beyond the one that was reviewed, a sentence each; none when all that it does was
 * reviewed.
 *
 * What was reviewed and is not to be done any more is no difference: an earlier run has done it. Nor is a
 * value that the review could not know, or a resource that is made anew since its creation was cut short.
 */
export function differences(reviewed: PlanJson, fresh: PlanJson): readonly string[] {
  const known = reviewed.resource_changes ?? [];
  const resources = (fresh.resource_changes ?? []).flatMap((resource) => {
    if (!acts(resource)) return [];
    const before =
      known.find(({ address, deposed }) => address === resource.address && deposed === resource.deposed) ??
      (resource.deposed === undefined ? undefined : replacedBy(known, resource));
    const sentence = before && acts(before) ? differs(before, resource) : "was not in the reviewed plan";
    return sentence ? [`${resource.address}: ${verb(resource)} ${sentence}`] : [];
  });
  const outputs = Object.entries(fresh.output_changes ?? {}).flatMap(([name, change]) => {
    if (actionOf(change.actions) === "none") return [];
    const before = reviewed.output_changes?.[name];
    if (!before || actionOf(before.actions) === "none")
      return [`output ${name}: was not in the reviewed plan`];
    return sameValue(before, change, []) ? [] : [`output ${name}: has another value than was reviewed`];
  });
  return [...resources, ...outputs];
}

/** A replacement that made the new object and was cut short: the old one is still to be deleted. */
function replacedBy(
  known: readonly ResourceChangeJson[],
  { address, change }: ResourceChangeJson,
): ResourceChangeJson | undefined {
  const found = known.find((one) => one.address === address && actionOf(one.change.actions) === "replace");
  const id = identityOf(change);
  if (!found || id === undefined || identityOf(found.change) !== id) return undefined;
  return { ...found, change: { ...found.change, actions: ["delete"] } };
}

/** Addresses of what a plan deletes, replaces or gives up. */
export function destroyed({ resource_changes: all = [] }: PlanJson): readonly string[] {
  return all
    .filter(({ change, mode }) => mode !== "data" && /delete|forget/.test(change.actions.join()))
    .map(({ address }) => address);
}

/** Addresses of the resources that a plan acts upon. */
export function acted({ resource_changes: all = [] }: PlanJson): readonly string[] {
  return all.filter((resource) => actionOf(resource.change.actions) !== "none").map(({ address }) => address);
}

/** Whether a review has shown every drift that a fresh plan finds. */
export function sameDrift(reviewed: PlanJson | undefined, fresh: PlanJson): boolean {
  const known = reviewed?.resource_drift ?? [];
  return (fresh.resource_drift ?? []).every(({ address, change }) =>
    known.some((one) => one.address === address && isDeepStrictEqual(one.change.after, change.after)),
  );
}

/** A short name for what a plan does: the same for every plan that does the same. */
export function digestOf(document: PlanJson): string {
  const resources = (document.resource_changes ?? [])
    .filter(acts)
    .map(({ address, change }) => [
      address,
      change.actions,
      change.after ?? null,
      change.after_unknown ?? null,
      /delete|forget/.test(change.actions.join()) ? (identityOf(change) ?? null) : null,
    ]);
  const outputs = Object.entries(document.output_changes ?? {})
    .filter(([, { actions }]) => actionOf(actions) !== "none")
    .map(([name, { actions, after }]) => [name, actions, after ?? null]);
  const sorted = [...resources, ...outputs].map((one) => JSON.stringify(one)).sort();
  return createHash("sha256").update(sorted.join("\n")).digest("hex").slice(0, 12);
}

/** Whether a plan does something with a resource: changes it, takes it over, or moves it. */
function acts({ mode, address, previous_address: previous, change }: ResourceChangeJson): boolean {
  if (mode === "data") return false;
  const moved = previous !== undefined && previous !== address;
  return actionOf(change.actions) !== "none" || change.importing !== undefined || moved;
}

function verb({ change }: ResourceChangeJson): string {
  const action = actionOf(change.actions);
  return action === "none" ? "move or import" : action;
}

/** In what two changes of one resource differ; undefined when they mean the same. */
function differs(reviewed: ResourceChangeJson, fresh: ResourceChangeJson): string | undefined {
  const [before, now] = [actionOf(reviewed.change.actions), actionOf(fresh.change.actions)];
  // A creation that was cut short leaves a resource that Terraform makes anew; a replacement perhaps none.
  const again =
    (now === "replace" &&
      fresh.action_reason === "replace_because_tainted" &&
      /create|replace/.test(before)) ||
    (now === "create" && before === "replace");
  if (before !== now && !again && now !== "none") return `and not ${before}, as was reviewed`;
  if (now === "replace" && before === "replace" && !again && how(reviewed) !== how(fresh)) {
    return `${how(fresh)}, and not ${how(reviewed)}, as was reviewed`;
  }
  if (/delete|forget|replace/.test(now) && !again) {
    const [then, today] = [identityOf(reviewed.change), identityOf(fresh.change)];
    if (then !== undefined && today !== then)
      return `of ${today ?? "another object"}, and not of ${then}, as was reviewed`;
  }
  if (fresh.previous_address !== undefined && fresh.previous_address !== reviewed.previous_address) {
    return `moved from ${fresh.previous_address}, which was not reviewed`;
  }
  if (fresh.change.importing && fresh.change.importing.id !== reviewed.change.importing?.id) {
    return "takes over something else than was reviewed";
  }
  if (now === "delete" || now === "forget" || now === "none") return undefined;
  const keys = changedKeys(fresh.change);
  const other = keys.filter((key) => !sameValue(reviewed.change, fresh.change, [key]));
  return other.length === 0 ? undefined : `with another ${other.join(", ")} than was reviewed`;
}

/** The way of a replacement: whether the old object goes before the new one is there, or stays at all. */
function how({ change: { actions } }: ResourceChangeJson): string {
  if (actions.includes("forget")) return "leaving the old object";
  return actions.indexOf("create") < actions.indexOf("delete")
    ? "creating before deleting"
    : "deleting before creating";
}

/** The object that is at an address now, as AWS names it. */
function identityOf({ before }: ChangeJson): string | undefined {
  const found = [at(before, "id"), at(before, "arn")].find((one) => typeof one === "string" && one !== "");
  return found as string | undefined;
}

/** Attributes that a change sets. */
function changedKeys({ before, after, after_unknown: unknown }: ChangeJson): readonly string[] {
  const keys = new Set([after, unknown].flatMap((side) => Object.keys((side ?? {}) as object)));
  return [...keys].filter(
    (key) => holdsUnknown(at(unknown, key)) || !isDeepStrictEqual(at(before, key), at(after, key)),
  );
}

/** Whether a change sets at a path what was reviewed. */
function sameValue(reviewed: ChangeJson, fresh: ChangeJson, path: readonly string[]): boolean {
  const along = (value: unknown) => path.reduce(at, value);
  return matches(
    along(reviewed.after),
    along(reviewed.after_unknown),
    along(fresh.after),
    along(fresh.after_unknown),
  );
}

/** What the review could not know may be anything; what it knew must be the same. */
function matches(reviewed: unknown, unknownThen: unknown, fresh: unknown, unknownNow: unknown): boolean {
  if (unknownThen === true) return true;
  if (unknownNow === true) return false;
  if (!holdsUnknown(unknownThen) && !holdsUnknown(unknownNow)) {
    return isDeepStrictEqual(reviewed ?? null, fresh ?? null);
  }
  const keys = [reviewed, unknownThen, fresh, unknownNow].flatMap((one) =>
    Object.keys((one ?? {}) as object),
  );
  return [...new Set(keys)].every((key) =>
    matches(at(reviewed, key), at(unknownThen, key), at(fresh, key), at(unknownNow, key)),
  );
}

function holdsUnknown(unknown: unknown): boolean {
  if (unknown === true) return true;
  return typeof unknown === "object" && unknown !== null && Object.values(unknown).some(holdsUnknown);
}
