import { Effort, isPattern, matches, overlaps } from "./glob";
import type { Condition, Grant, Term } from "./policy";

/**
 * What newer statements say that older ones did not.
 *
 * What is said in the same words is looked up; only older statements with wildcards, exceptions or conditions
 * are gone through.
 *
 * @throws TooLarge
 */
export function added(before: readonly Grant[], after: readonly Grant[]): readonly Grant[] {
  const effort = new Effort();
  const same = new Set(before.map((grant) => keyOf(grant)));
  const loose = before.filter(isLoose);
  return after.filter((grant) => {
    if (wordings(grant).some((key) => same.has(key))) return false;
    return !loose.some((old) => covers(old, grant, effort));
  });
}

function keyOf(
  { action, resource, principal, condition }: Grant,
  who = principal.text,
  free = false,
): string {
  const what = [action.but ?? action.pattern, resource.but ?? resource.pattern, who];
  return JSON.stringify([...what, free ? [] : [...condition].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The statements without wildcards that take in a grant. */
function wordings(grant: Grant): readonly string[] {
  const root = rootOf(grant.principal.pattern);
  const whos = [grant.principal.text, "*", ...(root ? [root] : [])];
  return whos.flatMap((who) => [keyOf(grant, who), keyOf(grant, who, true)]);
}

function isLoose({ action, resource, principal, condition }: Grant): boolean {
  const some = [action, resource, principal].some(
    ({ pattern, but }) => but !== undefined || isPattern(pattern),
  );
  return some || condition.size > 0;
}

function covers(old: Grant, grant: Grant, effort: Effort): boolean {
  return (
    takesIn(old.action, grant.action, effort) &&
    takesIn(old.resource, grant.resource, effort) &&
    knows(old.principal, grant.principal, effort) &&
    holds(old.condition, grant.condition, effort)
  );
}

function takesIn(old: Term, term: Term, effort: Effort): boolean {
  if (!old.but) return old.pattern === "*" || (!term.but && matches(old.pattern, term.pattern, effort));
  const { but } = term;
  return old.but.every((left) =>
    but ? but.some((each) => matches(each, left, effort)) : !overlaps(left, term.pattern, effort),
  );
}

function knows(old: Term, term: Term, effort: Effort): boolean {
  return takesIn(old, term, effort) || (!term.but && rootOf(term.pattern) === old.pattern);
}

/** The account that a principal is of, as a principal. */
function rootOf(principal: string): string | undefined {
  const [, account] = /^AWS:arn:aws:(?:iam|sts)::(\d{12}):/.exec(principal) ?? [];
  return account && `AWS:arn:aws:iam::${account}:root`;
}

/** Whether whatever meets a newer condition met the older one: the same keys, with no other values. */
function holds(old: Condition, now: Condition, effort: Effort): boolean {
  return [...old].every(([key, values]) => {
    const those = now.get(key);
    if (!those) return false;
    const narrower = /^(?:For\w+:)?\w*Not\w* /.test(key) ? [values, those] : [those, values];
    const [some = [], others = []] = narrower;
    const like = /Like /.test(key) && !/Not/.test(key);
    return some.every((value) =>
      others.some((other) => {
        effort.spend();
        return other === value || (like && matches(other, value, effort));
      }),
    );
  });
}
