import { added, type Grant, type Policy, policyOf } from "./policy";
import type { Found, Rule, Subject } from "./risk";

/** Attributes that hold a policy document. */
const DOCUMENTS = [
  "policy",
  "assume_role_policy",
  "inline_policy",
  "access_policy",
  "repository_policy",
] as const;

/** Managed policies that allow about everything. */
const WIDE_POLICY =
  /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|[A-Za-z0-9]*FullAccess|AmazonEKS(Cluster)?AdminPolicy)$/;

const NOBODY: Policy = { grants: [], denials: [] };

/** Access that a change widens: policies, trusts, attachments, permission boundaries. */
export const iam: Rule = (subject) => {
  const { change, before, after, unknown } = subject;
  if (change.action === "forget") return [];
  if (change.action === "delete") {
    return policyOf(before.policy)?.denials.length ? [found("the statements that deny are taken away")] : [];
  }
  const all = DOCUMENTS.flatMap((name) => documentRisks(subject, name));
  if (before.permissions_boundary && !after.permissions_boundary && !unknown("permissions_boundary")) {
    all.push(found("the permissions boundary is taken away"));
  }
  return [...all, ...attachmentRisks(subject)];
};

function documentRisks({ change, before, after, unknown }: Subject, name: string): readonly Found[] {
  if (unknown(name)) {
    const was = policyOf(before[name]);
    return was ? [{ ...found(`${name} is known only after the apply`), level: "medium" }] : [];
  }
  const now = policyOf(after[name]);
  if (!now) return [];
  const was = change.action === "create" ? undefined : policyOf(before[name]);
  const widened = added(was ?? NOBODY, now);
  // A new policy is looked at for what is dangerous anywhere; an old one for everything that comes on top.
  const told = was ? widened : widened.filter(isWide);
  const risks = told.length > 0 ? [grantRisk(name, told)] : [];
  const undenied = (was?.denials ?? []).filter((denial) => !now.denials.includes(denial));
  return undenied.length > 0
    ? [...risks, found(`${name}: a statement that denies is changed or gone`)]
    : risks;
}

/** Most allowances that a message names. */
const MOST_NAMED = 4;

function grantRisk(name: string, grants: readonly Grant[]): Found {
  const named = [...new Set(grants.map(sentenceOf))];
  const rest = named.length > MOST_NAMED ? `, and ${named.length - MOST_NAMED} more` : "";
  return {
    rule: "iam-broadened",
    level: grants.some(isWide) ? "high" : "medium",
    message: `${name} now allows ${named.slice(0, MOST_NAMED).join("; ")}${rest}`,
  };
}

function sentenceOf({ action, resource, principal, condition }: Grant): string {
  const on = resource === "" ? "" : ` on ${resource}`;
  const to = principal === "" ? "" : ` to ${principal === "*" ? "everybody" : principal}`;
  return `${action}${on}${to}${condition === "" ? "" : ", under conditions"}`;
}

/** Every action, every action of a service on everything, or everybody without a condition. */
function isWide({ action, resource, principal, condition }: Grant): boolean {
  if (principal === "*" && condition === "") return true;
  if (action === "*" || action === "*:*" || action.startsWith("everything but ")) return true;
  return resource === "*" && /^(iam|sts|kms|organizations|s3|secretsmanager):\*$/i.test(action);
}

function attachmentRisks({ change, before, after }: Subject): readonly Found[] {
  const arn = after.policy_arn;
  if (typeof arn !== "string" || arn === before.policy_arn || !WIDE_POLICY.test(arn)) return [];
  return [{ rule: "iam-broadened", level: "high", message: `${change.type} of ${arn}` }];
}

function found(message: string): Found {
  return { rule: "iam-broadened", level: "high", message };
}
