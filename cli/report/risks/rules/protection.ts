import { isArray } from "../../../input/json";
import type { Attributes } from "../attributes";
import { isGuard } from "../guards";
import { isUnset, PROTECTIONS, type Protection } from "../protections";
import { type Found, type Level, type Rule, type Subject, valuesAt } from "../risk";

/** Protections that an update takes away, and guards that are deleted. */
export const protection: Rule = (subject) => {
  const { change, orphan } = subject;
  if (change.action === "delete") {
    // With what it guards, there is nothing left to protect.
    return isGuard(change.type) && !orphan ? [found("the protection that it gives is taken away")] : [];
  }
  if (change.action !== "update" && change.action !== "replace") return [];
  const told = PROTECTIONS.filter(({ types }) => types?.test(change.type) ?? true).flatMap((each) => {
    const message = lossOf(each, subject);
    return message ? [found(message, each.level)] : [];
  });
  return [...told, ...auditRisks(subject)];
};

function lossOf({ path, while: kind, or }: Protection, subject: Subject): string | undefined {
  const { before, after, unknown, secret } = subject;
  const [name = path, inner] = path.split(".");
  // Most types have few of all these.
  if (!(name in before) && !(name in after)) return undefined;
  if (unknown(path) || secret(name)) return undefined;
  if (or !== undefined && (unknown(or) || holds(after, or))) return undefined;
  const [was] = valuesAt(before, path);
  const [now] = valuesAt(after, path);
  const shown = inner === "enabled" ? name : path;
  if (kind === "on") return isOn(before, path) && !isOn(after, path) ? `${shown} is turned off` : undefined;
  if (kind === "off") return was !== true && now === true ? `${shown} is turned on` : undefined;
  if (kind === "set") return !isUnset(was) && isUnset(now) ? `${shown} is taken away` : undefined;
  if (kind === "number" || kind === "number or ever") {
    const [from, to] = kind === "number" ? [was, now] : [endless(was), endless(now)];
    if (typeof from !== "number" || typeof to !== "number" || to >= from) return undefined;
    if (to === 0) return `${shown} is turned off, from ${from}`;
    return `${shown} shrinks from ${Number.isFinite(from) ? from : "for ever"} to ${to}`;
  }
  if (typeof was !== "string" || !kind.includes(was) || kind.includes(String(now))) return undefined;
  return `${shown} is no longer ${was}${isUnset(now) ? "" : ` but ${String(now)}`}`;
}

function endless(value: unknown): unknown {
  return value === 0 ? Number.POSITIVE_INFINITY : value;
}

/** Whether it is on in each of several blocks. */
function isOn(attributes: Attributes, path: string): boolean {
  const values = valuesAt(attributes, path);
  return values.length > 0 && values.every((value) => value === true);
}

function holds(attributes: Attributes, path: string): boolean {
  return valuesAt(attributes, path).some((value) => value !== false && !isUnset(value));
}

/** Logs of the Kubernetes API: without those called audit nobody can tell who did what. */
function auditRisks({ change, before, after, unknown }: Subject): readonly Found[] {
  const name = "enabled_cluster_log_types";
  if (change.type !== "aws_eks_cluster" || unknown(name)) return [];
  const was = before[name];
  const now = after[name];
  if (!isArray(was) || was.length === 0) return [];
  if (!isArray(now) || now.length === 0) return [found(`${name} is emptied`)];
  return was.includes("audit") && !now.includes("audit") ? [found(`${name} loses audit`)] : [];
}

function found(message: string, level: Level = "high"): Found {
  return { rule: "protection-removed", level, message };
}
