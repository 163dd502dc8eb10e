import { isArray, isObject, type Json } from "../plan-json";
import { parse } from "../values";

/** Something that a policy allows. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly principal: string;

  /** Conditions, as JSON; empty when there are none. */
  readonly condition: string;
}

/** A policy, as far as it is compared. */
export interface Policy {
  readonly grants: readonly Grant[];

  /** Statements that deny, as JSON. */
  readonly denials: readonly string[];
}

/** Combinations of one statement that are looked at; a longer one is cut here. */
const MOST_GRANTS = 20_000;

/** Reads a policy document; undefined when the text is none. */
export function policyOf(text: Json | undefined): Policy | undefined {
  const document = typeof text === "string" ? parse(text) : undefined;
  if (!isObject(document)) return undefined;
  const statement = document.Statement;
  const statements = (isArray(statement) ? statement : [statement ?? null]).filter(isObject);
  const denials: string[] = [];
  const grants: Grant[] = [];
  for (const each of statements) {
    if (each.Effect === "Deny") denials.push(JSON.stringify({ ...each, Sid: null }));
    else grants.push(...grantsOf(each));
  }
  return { grants, denials };
}

function grantsOf(statement: Readonly<Record<string, Json>>): Grant[] {
  const actions = listOf(statement.Action) ?? [`everything but ${words(statement.NotAction)}`];
  const resources = listOf(statement.Resource) ?? [
    statement.NotResource === undefined ? "" : `everything but ${words(statement.NotResource)}`,
  ];
  const principals = principalsOf(statement);
  const condition = isObject(statement.Condition) ? JSON.stringify(statement.Condition) : "";
  const all: Grant[] = [];
  for (const action of actions) {
    for (const resource of resources) {
      for (const principal of principals) {
        if (all.length < MOST_GRANTS) all.push({ action, resource, principal, condition });
      }
    }
  }
  return all;
}

function principalsOf({ Principal, NotPrincipal }: Readonly<Record<string, Json>>): readonly string[] {
  if (NotPrincipal !== undefined) return [`everybody but ${words(NotPrincipal)}`];
  if (!isObject(Principal)) return listOf(Principal) ?? [""];
  return Object.entries(Principal).flatMap(([kind, names]) =>
    (listOf(names) ?? []).map((name) => (name === "*" && kind === "AWS" ? "*" : `${kind}:${name}`)),
  );
}

function listOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return (isArray(value) ? value : [value]).map((each) =>
    typeof each === "string" ? each : JSON.stringify(each),
  );
}

function words(value: Json | undefined): string {
  return isObject(value) ? JSON.stringify(value) : (listOf(value) ?? []).join(", ");
}

/** What a policy allows that an older one did not. */
export function added(before: Policy, after: Policy): readonly Grant[] {
  return after.grants.filter((grant) => !before.grants.some((old) => covers(old, grant)));
}

function covers(old: Grant, grant: Grant): boolean {
  return (
    (old.condition === "" || old.condition === grant.condition) &&
    matches(old.action.toLowerCase(), grant.action.toLowerCase()) &&
    matches(old.resource, grant.resource) &&
    (old.principal === "*" || old.principal === grant.principal)
  );
}

/** Whether a pattern with `*` and `?` takes in a text, which may have them too. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text || pattern === "*") return true;
  if (!/[*?]/.test(pattern)) return false;
  // Without a regular expression: a pattern from a plan could make one that never ends.
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < text.length) {
    const char = pattern[at];
    if (char === "*") {
      star = at++;
      resume = from;
    } else if (char === text[from] || (char === "?" && text[from] !== "*")) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
