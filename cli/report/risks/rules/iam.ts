import { firstOf } from "../../../console/words";
import { isArray, isObject, type Json } from "../../../input/json";
import { added } from "../added";
import { attachments } from "../attachments";
import type { Attributes } from "../attributes";
import { TooLarge } from "../glob";
import { permissions } from "../permissions";
import { type Grant, type Policy, policyOf } from "../policy";
import type { Found, Level, Rule, Subject } from "../risk";
import { type Danger, dangerOf } from "../wide";

/** Attributes that hold a policy document, or a list of blocks with one. */
const DOCUMENTS = [
  "policy",
  "assume_role_policy",
  "inline_policy",
  "access_policy",
  "access_policies",
  "policy_document",
  "repository_policy",
] as const;

/** Types whose policy only narrows what others allow: by AWS's default it allows everything. */
const GUARDRAIL = /^aws_(vpc_endpoint(_policy)?|organizations_policy)$/;

const NOTHING: Policy = { grants: [], denials: [] };

/** Access that a change widens: policies, trusts, attachments, permissions, permission boundaries. */
export const iam: Rule = (subject) => {
  const { change, before, orphan } = subject;
  if (change.action === "forget") return [];
  if (change.action === "delete") {
    // With the object itself, what its policy denied is gone too.
    if (!change.type.endsWith("_policy") || orphan) return [];
    return judged("policy", () =>
      read(before, "policy").denials.length > 0 ? [found("the statements that deny are taken away")] : [],
    );
  }
  return [
    ...DOCUMENTS.flatMap((name) => judged(name, () => documentRisks(subject, name))),
    ...attachments(subject),
    ...permissions(subject),
  ];
};

function documentRisks(subject: Subject, name: string): readonly Found[] {
  const { change, before, after, unknown, secret, account } = subject;
  const had = change.action === "create" ? [] : textsOf(before[name]);
  if (unknown(name)) {
    return had.some((text) => policyOf(text))
      ? [found(`${name} is known only after the apply`, "medium")]
      : [];
  }
  if (secret(name) || isSame(had, textsOf(after[name]))) return [];
  const was = change.action === "create" ? NOTHING : read(before, name);
  const now = read(after, name);
  const kind = name === "assume_role_policy" ? "trust" : "policy";
  const told = added(was.grants, now.grants).flatMap((grant): Told[] => {
    const danger = GUARDRAIL.test(change.type) ? undefined : dangerOf(grant, kind, account);
    // A new policy is looked at for what is dangerous anywhere; an old one for everything that comes on top.
    return danger || had.length > 0 ? [{ grant, danger: danger ?? { level: "medium", why: "" } }] : [];
  });
  const risks = told.length > 0 ? [grantRisk(name, told)] : [];
  // A denial stays when newer ones deny all of it.
  if (added(now.denials, was.denials).length === 0) return risks;
  return [...risks, found(`${name}: a statement that denies is changed or gone`)];
}

/** Everything that the documents of an attribute say. */
function read(attributes: Attributes, name: string): Policy {
  const all = textsOf(attributes[name]).flatMap((text) => policyOf(text) ?? []);
  return { grants: all.flatMap(({ grants }) => grants), denials: all.flatMap(({ denials }) => denials) };
}

function textsOf(value: Json | undefined): readonly string[] {
  if (isArray(value)) return value.flatMap((each) => (isObject(each) ? textsOf(each.policy) : []));
  return typeof value === "string" && value !== "" ? [value] : [];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

/** What a document comes to; one that is too large is never passed over in silence. */
function judged(name: string, judge: () => readonly Found[]): readonly Found[] {
  try {
    return judge();
  } catch (thrown) {
    if (!(thrown instanceof TooLarge)) throw thrown;
    return [found(`${name} changes, and is too large to judge: read it whole`)];
  }
}

interface Told {
  readonly grant: Grant;
  readonly danger: Danger;
}

/** Most allowances that a message names; the most dangerous first. */
const MOST_NAMED = 4;

function grantRisk(name: string, told: readonly Told[]): Found {
  const high = told.filter(({ danger }) => danger.level === "high");
  const rest = told.filter(({ danger }) => danger.level !== "high");
  const named = [...new Set([...high, ...rest].map(sentenceOf))];
  const message = `${name} now allows ${firstOf(named, MOST_NAMED, "; ")}`;
  return found(message, high.length > 0 ? "high" : "medium");
}

function sentenceOf({ grant: { action, resource, principal, condition }, danger }: Told): string {
  const on = resource.text === "" ? "" : ` on ${resource.text}`;
  const to = principal.text === "" ? "" : ` to ${principal.text === "*" ? "everybody" : principal.text}`;
  const why = danger.why === "" ? "" : ` (${danger.why})`;
  return `${action.text}${on}${to}${condition.size === 0 ? "" : ", under conditions"}${why}`;
}

function found(message: string, level: Level = "high"): Found {
  return { rule: "iam-broadened", level, message };
}
