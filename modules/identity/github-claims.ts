import type { Fault } from "../core/errors";

/** The issuer of GitHub's tokens, as it begins IAM's condition keys. */
const ISSUER = "token.actions.githubusercontent.com";

/** Operators that let nothing through but what they name, and only where the claim is there. */
const NARROW = /^(?:ForAnyValue:)?String(?:Equals(?:IgnoreCase)?|Like)$/i;

/** What a claim has to be in full, wherever a trust names it. */
const FORMS: Readonly<Record<string, readonly [form: RegExp, example: string]>> = {
  job_workflow_ref: [
    /^[^*?:/@]+\/[^*?:/@]+\/\.github\/workflows\/[^*?/@]+@[^*?]+$/,
    "example/platform/.github/workflows/provision.yml@refs/heads/main",
  ],
  repository_id: [/^[1-9]\d*$/, "1296269"],
  repository_owner_id: [/^[1-9]\d*$/, "583231"],
};

/** Conditions as anybody may have written them. */
type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * The faults of a trust's conditions on GitHub's further claims, which AWS checks since 2026.
 *
 * - `ForAllValues` is true for a token that lacks the claim: whoever has a token of GitHub gets in by it.
 * - `…IfExists` and a negation are no condition on who comes.
 * - A pattern in `job_workflow_ref` lets another repository's workflow of the same name in, or that of any branch.
 */
export function githubClaimFaults(conditions: unknown): readonly Fault[] {
  return Object.entries((conditions ?? {}) as Conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) => {
      const claim = key.toLowerCase().startsWith(`${ISSUER}:`)
        ? key.slice(ISSUER.length + 1).toLowerCase()
        : undefined;
      return claim === undefined ? [] : claimFaults(operator, claim, [value].flat());
    }),
  );
}

function claimFaults(operator: string, claim: string, values: readonly unknown[]): readonly Fault[] {
  if (/^ForAllValues:/i.test(operator)) {
    return [
      {
        what: `its trust has ${operator} on "${claim}" of ${ISSUER}: a token without the claim gets in`,
        instead: `use StringEquals { "${ISSUER}:${claim}": … }`,
      },
    ];
  }
  const [form, example] = (Object.hasOwn(FORMS, claim) ? FORMS[claim] : undefined) ?? [];
  if (form === undefined) return [];
  const instead = `name it in full, e.g. StringEquals { "${ISSUER}:${claim}": "${example}" }`;
  if (!NARROW.test(operator))
    return [{ what: `its trust has ${operator} on "${claim}" of ${ISSUER}: that names nobody`, instead }];
  return values
    .filter((value): value is string => typeof value === "string" && !form.test(value))
    .map((value) => ({
      what: `its trust takes the "${claim}" ${JSON.stringify(value)}: others get in`,
      instead,
    }));
}
