/** Keys of a request as a policy sees them, e.g. `s3:if-match`; one that is left out is missing. */
export type PolicyKeys = Readonly<Record<string, string>>;

/** A request as a policy judges it. */
export interface PolicyRequest {
  /** E.g. `s3:PutObject`. */
  readonly action: string;
  readonly resource: string;
  readonly keys: PolicyKeys;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * The `Sid`s of the statements for everybody that deny a request: no emulator judges bucket policies.
 *
 * It knows the operators that the buckets here use, and refuses any other.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function denials(
  statements: readonly Readonly<Record<string, unknown>>[],
  { action, resource, keys }: PolicyRequest,
): readonly string[] {
  return statements
    .filter(
      ({ Effect, Principal, Action, Resource, Condition }) =>
        Effect === "Deny" &&
        Principal === "*" &&
        matches(Action, action) &&
        matches(Resource, resource) &&
        holds((Condition ?? {}) as Conditions, keys),
    )
    .map(({ Sid }) => String(Sid));
}

/** Whether one of the patterns fits; `*` stands for anything. */
function matches(patterns: unknown, text: string): boolean {
  return [patterns].flat().some((pattern) => {
    const parts = String(pattern)
      .split("*")
      .map((part) => part.replace(/[.+^${}()|[\]\\?]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(text);
  });
}

/** Whether all conditions hold: all operators, and all keys of each. */
function holds(conditions: Conditions, keys: PolicyKeys): boolean {
  return Object.entries(conditions).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, value]) => {
      if (operator === "Null") return (keys[key] === undefined) === (value === "true");
      if (operator === "Bool") return keys[key] === value;
      // Of several patterns, none may fit; a key that is missing fits none.
      if (operator === "ArnNotLike") return !matches(value, keys[key] ?? "");
      // A key that is missing meets no comparison.
      if (operator === "NumericLessThan") return Number(keys[key]) < Number(value);
      throw new Error(`operator ${operator} is not judged here`);
    }),
  );
}
