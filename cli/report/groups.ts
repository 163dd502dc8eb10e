import { createHash } from "node:crypto";
import type { StackReport } from "./model";

/**
 * Stacks with the same change: the same unit in several environments, alike but for the environment's name,
 * the account and the ids that AWS gives out.
 */
export function groupsOf(stacks: readonly StackReport[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const stack of stacks) {
    if (stack.changes.length === 0) continue;
    const key = fingerprint(stack);
    groups.set(key, [...(groups.get(key) ?? []), stack.name]);
  }
  return [...groups.values()];
}

function fingerprint(stack: StackReport): string {
  const text = JSON.stringify([
    stack.unit,
    stack.risks.map(({ rule, level }) => [rule, level]),
    stack.changes.map((change) => [
      change.address,
      change.action,
      change.forcedBy,
      change.movedFrom,
      change.more,
      change.lines,
    ]),
  ]);
  return createHash("sha256").update(neutral(text, stack.environment)).digest("hex");
}

/** A text without what differs between environments that are alike. */
function neutral(text: string, environment: string | undefined): string {
  // A name with anything else in it is no environment's, and could make a pattern of its own.
  const name = environment && /^[\w-]{1,64}$/.test(environment) ? environment : undefined;
  const named = name
    ? text.replaceAll(new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`, "g"), "ENV")
    : text;
  return named
    .replaceAll(/(?<![0-9])[0-9]{12}(?![0-9])/g, "ACCOUNT")
    .replaceAll(/\b([a-z]{1,12})-(?=[0-9a-f]*[0-9])[0-9a-f]{8,17}\b/g, "$1-ID");
}
