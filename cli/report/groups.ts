import { createHash } from "node:crypto";
import type { StackReport } from "./model";

/** Where a stack is deployed, as far as its plan says so. */
export interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/**
 * Stacks with the same change: the same unit in several environments, alike but for the environment's name, its account,
 * its Region, and the ids of its network. An image's tag, a version, a date or an AMI that differs is a difference.
 */
export function groupsOf(
  stacks: readonly StackReport[],
  places: ReadonlyMap<string, Place>,
): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const stack of stacks) {
    if (stack.changes.length === 0) continue;
    const key = fingerprint(stack, places.get(stack.name));
    groups.set(key, [...(groups.get(key) ?? []), stack.name]);
  }
  return [...groups.values()];
}

function fingerprint(stack: StackReport, place: Place | undefined): string {
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
  return createHash("sha256")
    .update(neutral(text, stack.environment, place))
    .digest("hex");
}

/** Prefixes of ids that AWS gives to parts of a network: every environment has its own, and none says what runs. */
const NETWORK_IDS =
  /\b(vpc|subnet|sg|sgr|rtb|igw|eigw|nat|eni|eipalloc|eipassoc|vpce|acl|pl|tgw)-[0-9a-f]{8}(?:[0-9a-f]{9})?\b/g;

/** A text without what differs between environments that are alike. */
function neutral(
  text: string,
  environment: string | undefined,
  { account, region }: Partial<Place> = {},
): string {
  const words = [
    // A name with anything else in it is no environment's, and could make a pattern of its own.
    [environment && /^[\w-]{1,64}$/.test(environment) ? environment : undefined, "ENV"],
    [account, "ACCOUNT"],
    [region, "REGION"],
  ] as const;
  return words
    .reduce(
      (rest, [word, name]) =>
        word ? rest.replaceAll(new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`, "g"), name) : rest,
      text,
    )
    .replaceAll(NETWORK_IDS, "$1-ID");
}
