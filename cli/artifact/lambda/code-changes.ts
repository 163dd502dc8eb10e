import { isDeepStrictEqual } from "node:util";
import type { Target } from "../target";

/** What `terraform show -json` says of a resource that a plan would change. */
export interface PlannedChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: Attributes | null;
    readonly after?: Attributes | null;

    /** `true` in the place of each value that only the apply knows. */
    readonly after_unknown?: Attributes;
  };
}

type Attributes = Readonly<Record<string, unknown>>;

/** Attributes of the function that say which code it runs, and those that AWS sets with them. */
export const CODE: readonly string[] = [
  "s3_bucket",
  "s3_key",
  "s3_object_version",
  "source_code_hash",
  "code_sha256",
  "source_code_size",
  "last_modified",
  "version",
  "qualified_arn",
  "qualified_invoke_arn",
  "signing_job_arn",
  "signing_profile_version_arn",
];

/** Attributes of the alias that say which versions it is on. */
export const SWITCH: readonly string[] = ["function_version", "routing_config"];

/** Variables that tell the function which artifact it is. */
export const ARTIFACT_VARIABLE = /^ARTIFACT_/;

/** Whether a change of a plan does something. */
export function doesSomething({ change }: PlannedChange): boolean {
  return !change.actions.every((action) => action === "no-op" || action === "read");
}

/**
 * What a plan would change beside the code that a target runs, each with its attribute, e.g.
 * `memory_size of aws_lambda_function.f (256, then 512)`; empty when it is code alone.
 *
 * A plan of two resources would carry out half of a change that nobody has looked at.
 */
export function otherThanCode(
  changes: readonly PlannedChange[],
  {
    functionAddress,
    aliasAddress,
    canaryAddresses,
  }: Pick<Target, "functionAddress" | "aliasAddress" | "canaryAddresses">,
): readonly string[] {
  return changes.filter(doesSomething).flatMap((one) => {
    const { address, change } = one;
    // Alarms of the newest version name it, so they go with it.
    if (canaryAddresses.includes(address) && isDeepStrictEqual(change.actions, ["update"])) return [];
    const own = address === functionAddress || address === aliasAddress;
    if (!own || !isDeepStrictEqual(change.actions, ["update"]))
      return [`${change.actions.join(" and ")} ${address}`];
    const code = address === functionAddress ? CODE : SWITCH;
    return differences(change)
      .filter((name) => !code.includes(name))
      .flatMap((name) => (name === "environment" ? variables(change) : [name]))
      .map((name) => `${name} of ${address}${valuesOf(name, change)}`);
  });
}

type Change = PlannedChange["change"];

/** Attributes that differ, or may. */
function differences({ before, after, after_unknown: unknown = {} }: Change): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(unknown)]);
  return [...names]
    .filter(
      (name) => isUnknown(unknown[name]) || !isDeepStrictEqual(before?.[name] ?? null, after?.[name] ?? null),
    )
    .sort();
}

function isUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(isUnknown);
  return value === true;
}

/** Variables that differ, but for those that go with the code. */
function variables({ before, after }: Change): readonly string[] {
  const of = (attributes: Attributes | null | undefined): Attributes => {
    const blocks = attributes?.environment as readonly { variables?: Attributes | null }[] | undefined;
    return blocks?.[0]?.variables ?? {};
  };
  const names = differences({ actions: [], before: of(before), after: of(after) });
  return names.filter((name) => !ARTIFACT_VARIABLE.test(name)).map((name) => `variable ${name}`);
}

/** The values of an attribute where they are numbers; a text may be a secret. */
function valuesOf(name: string, { before, after }: Change): string {
  const [one, other] = [before?.[name], after?.[name]];
  return typeof one === "number" && typeof other === "number" ? ` (${one}, then ${other})` : "";
}
