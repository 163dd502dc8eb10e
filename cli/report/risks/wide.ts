import { Effort, matches } from "./glob";
import type { Condition, Grant, Term } from "./policy";
import type { Level } from "./risk";

/** Why something that a policy allows is dangerous anywhere. */
export interface Danger {
  readonly level: Level;

  /** In words; empty when the grant says it. */
  readonly why: string;
}

/** Actions by which somebody gives themselves more than they have, on roles and users that they do not name. */
const ESCALATION = [
  "iam:PassRole",
  "iam:CreatePolicyVersion",
  "iam:SetDefaultPolicyVersion",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:AttachGroupPolicy",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:PutGroupPolicy",
  "iam:AddUserToGroup",
  "iam:UpdateAssumeRolePolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:UpdateLoginProfile",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteUserPermissionsBoundary",
  "iam:PutRolePermissionsBoundary",
  "iam:PutUserPermissionsBoundary",
  "sts:AssumeRole",
  "sso:CreateAccountAssignment",
  "sso:AttachManagedPolicyToPermissionSet",
  "sso:PutInlinePolicyToPermissionSet",
].map((action) => action.toLowerCase());

/** Services of which all actions on everything are as good as everything. */
const KEYS_OF_THE_HOUSE = /^(iam|sts|sso|kms|organizations|s3|secretsmanager):\*$/;

/** Everything, or everything of a service, an account or a kind. */
const EVERYTHING = /^(\*+|arn(:[^:]*){1,4}:((role|user|group|policy)\/)?\*+)$/;

/** Issuers of tokens that anybody may use: a trust has to say whose tokens it takes. */
const SHARED_ISSUERS: Readonly<Record<string, RegExp>> = {
  "token.actions.githubusercontent.com":
    /:(sub|repository|repository_id|repository_owner|repository_owner_id|job_workflow_ref|enterprise_id)$/,
  "gitlab.com": /:(sub|namespace_id|namespace_path|project_id|project_path)$/,
  "app.terraform.io": /:(sub|terraform_organization_(id|name))$/,
  "app.pulumi.com": /:(sub|aud)$/,
};

/** Conditions that keep nobody out. */
const LAX =
  / (aws:(securetransport|currenttime|epochtime|useragent|referer|requestedregion)|s3:(tlsversion|x-amz-.*|signatureversion|authtype))$/;

/** What is dangerous about a grant, whatever was there before; `own` is the account of the plan, if known. */
export function dangerOf(
  grant: Grant,
  kind: "trust" | "policy",
  own: string | undefined,
): Danger | undefined {
  return grant.principal.text === "" ? ofOneself(grant) : ofOthers(grant, kind, own);
}

function ofOneself({ action, resource, condition }: Grant): Danger | undefined {
  const free = !restricts(condition);
  const everything = resource.but !== undefined || EVERYTHING.test(resource.pattern);
  if (action.but || /^\*+(:\*+)?$/.test(action.pattern)) {
    return { level: everything && free ? "high" : "medium", why: "" };
  }
  if (!everything) return undefined;
  if (escalates(action)) return { level: free ? "high" : "medium", why: "privilege escalation" };
  if (!free || !/^[a-z0-9-]+:\*+$/.test(action.pattern)) return undefined;
  return { level: KEYS_OF_THE_HOUSE.test(action.pattern) ? "high" : "medium", why: "" };
}

function escalates({ pattern }: Term): boolean {
  const effort = new Effort();
  return ESCALATION.some((action) => matches(pattern, action, effort));
}

function ofOthers(
  { principal, condition }: Grant,
  kind: "trust" | "policy",
  own: string | undefined,
): Danger | undefined {
  const free = !restricts(condition);
  if (principal.text === "*") return free ? { level: "high", why: "" } : undefined;
  if (principal.but)
    return { level: free ? "high" : "medium", why: "NotPrincipal lets in whoever it does not name" };
  if (principal.text.startsWith("Federated:")) return ofStrangers(principal.text, condition);
  const [, account] = /^AWS:arn:[\w-]+:(?:iam|sts)::(\d{12}):/.exec(principal.text) ?? [];
  if (!account || !own || account === own) return undefined;
  return { level: kind === "trust" && free ? "high" : "medium", why: "another account" };
}

function ofStrangers(principal: string, condition: Condition): Danger | undefined {
  const issuer = Object.keys(SHARED_ISSUERS).find((name) => principal.endsWith(`oidc-provider/${name}`));
  const subject = issuer && SHARED_ISSUERS[issuer];
  if (!subject) return undefined;
  const named = [...condition].some(
    ([key, values]) =>
      subject.test(key) &&
      !/Not|Null|IfExists/.test(key) &&
      !values.some((value) => /^(repo:)?[*?]/.test(value)),
  );
  return named ? undefined : { level: "high", why: `no condition says whose tokens of ${issuer}` };
}

function restricts(condition: Condition): boolean {
  return [...condition.keys()].some((key) => !LAX.test(key));
}
