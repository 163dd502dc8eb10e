import { isArray, isObject, type Json } from "../../input/json";
import { Remembered } from "../../input/remembered";
import { parse } from "../values";
import { TooLarge } from "./glob";

/** Actions, resources or principals: a pattern, or everything but some. */
export interface Term {
  /** As it is said. */
  readonly text: string;

  /** As it is compared; of actions in lower case. */
  readonly pattern: string;

  /** Everything but these. */
  readonly but?: readonly string[];
}

/** Something that a statement is about. */
export interface Grant {
  readonly action: Term;
  readonly resource: Term;
  readonly principal: Term;
  readonly condition: Condition;
}

/** Values by operator and key, e.g. `StringLike` and `aws:SourceArn`. */
export type Condition = ReadonlyMap<string, readonly string[]>;

/** A policy, as far as it is compared. */
export interface Policy {
  /** What is allowed. */
  readonly grants: readonly Grant[];

  /** What is denied. */
  readonly denials: readonly Grant[];
}

/** Combinations of actions, resources and principals that are looked at; AWS's longest policies have fewer. */
const MOST_GRANTS = 50_000;

/**
 * Reads a policy document; undefined when the text is none.
 *
 * @throws TooLarge
 */
export function policyOf(text: Json | undefined): Policy | undefined {
  if (typeof text !== "string") return undefined;
  const known = policies.get(text);
  if (known) return known.policy;
  const policy = readPolicy(text);
  policies.set(text, { policy });
  return policy;
}

/** Documents that were read: a plan has the same one in many resources. */
const policies = new Remembered<{ readonly policy: Policy | undefined }>();

function readPolicy(text: string): Policy | undefined {
  const document = parse(text);
  if (!isObject(document)) return undefined;
  const statement = document.Statement;
  const grants: Grant[] = [];
  const denials: Grant[] = [];
  for (const each of (isArray(statement) ? statement : [statement ?? null]).filter(isObject)) {
    const into = each.Effect === "Deny" ? denials : grants;
    for (const grant of grantsOf(each)) {
      if (grants.length + denials.length >= MOST_GRANTS) throw new TooLarge();
      into.push(grant);
    }
  }
  return { grants, denials };
}

function* grantsOf(statement: Readonly<Record<string, Json>>): Generator<Grant> {
  const actions = termsOf(statement.Action, statement.NotAction, (text) => text.toLowerCase());
  const resources = termsOf(statement.Resource, statement.NotResource, (text) => text);
  const principals = termsOf(namesOf(statement.Principal), namesOf(statement.NotPrincipal), (text) => text);
  const condition = conditionOf(statement.Condition);
  for (const action of actions) {
    for (const resource of resources) {
      for (const principal of principals) yield { action, resource, principal, condition };
    }
  }
}

function termsOf(
  some: Json | undefined,
  others: Json | undefined,
  compared: (text: string) => string,
): readonly Term[] {
  if (others !== undefined && others !== null) {
    const but = listOf(others);
    const text = `everything but ${but.join(", ")}`;
    return [{ text, pattern: "", but: but.map(compared) }];
  }
  if (some === undefined || some === null) return [{ text: "", pattern: "" }];
  return listOf(some).map((text) => ({ text, pattern: compared(text) }));
}

/** Principals as texts; an account is written as AWS writes it: the ARN of its root. */
function namesOf(principal: Json | undefined): Json | undefined {
  if (!isObject(principal)) return principal;
  return Object.entries(principal).flatMap(([kind, names]) =>
    listOf(names).map((name) => {
      if (kind !== "AWS") return `${kind}:${name}`;
      return name === "*" ? "*" : `AWS:${/^\d{12}$/.test(name) ? `arn:aws:iam::${name}:root` : name}`;
    }),
  );
}

function conditionOf(condition: Json | undefined): Condition {
  const all = new Map<string, readonly string[]>();
  for (const [operator, keys] of Object.entries(isObject(condition) ? condition : {})) {
    for (const [key, values] of Object.entries(isObject(keys) ? keys : {})) {
      all.set(`${operator} ${key.toLowerCase()}`, listOf(values));
    }
  }
  return all;
}

function listOf(value: Json): readonly string[] {
  return (isArray(value) ? value : [value]).map((each) =>
    typeof each === "string" ? each : JSON.stringify(each),
  );
}
