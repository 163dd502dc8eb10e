import { isArray, type Json } from "../../input/json";
import type { Attributes } from "./attributes";
import type { Found, Level, Subject } from "./risk";

/** Attributes that attach managed policies. */
const ATTACHING = ["policy_arn", "policy_arns", "managed_policy_arn", "managed_policy_arns"] as const;

/** Attributes that say to whom. */
const TARGETS = ["role", "user", "group", "roles", "users", "groups", "role_name", "principal_arn"] as const;

/** Managed policies that allow about everything, or to take it. */
const ADMIN =
  /\/(AdministratorAccess(-\w+)?|PowerUserAccess|SystemAdministrator|(IAM|AmazonS3|AWSOrganizations|AWSSSO\w*|AWSSSOMaster\w*)FullAccess|SecretsManagerReadWrite|AmazonEKS(Cluster)?AdminPolicy)$/;

/** Managed policies that allow everything of a service. */
const FULL = /\/\w*FullAccess(_v\d+)?$/;

/** Wide managed policies that are attached, and boundaries that give way. */
export function attachments({ change, before, after, unknown }: Subject): readonly Found[] {
  const had = new Set(attachmentsOf(change.type, before).map(String));
  const risks = attachmentsOf(change.type, after).flatMap((each): Found[] => {
    const [arn] = each;
    const level = levelOf(arn);
    return level && !had.has(String(each)) ? [found(`${change.type} of ${arn}`, level)] : [];
  });
  return [
    ...new Map(risks.map((risk) => [risk.message, risk])).values(),
    ...boundary(before, after, unknown),
  ];
}

function levelOf(arn: string): Level | undefined {
  if (ADMIN.test(arn)) return "high";
  return FULL.test(arn) ? "medium" : undefined;
}

/** Each policy with each of those that it is attached to. */
function attachmentsOf(type: string, attributes: Attributes): readonly (readonly [string, string])[] {
  const arns = ATTACHING.flatMap((name) => textsOf(attributes[name]));
  // The policies of a role itself go with it.
  const to = type === "aws_iam_role" ? [] : TARGETS.flatMap((name) => textsOf(attributes[name]));
  return arns.flatMap((arn) => (to.length > 0 ? to : [""]).map((target) => [arn, target] as const));
}

function textsOf(value: Json | undefined): readonly string[] {
  return (isArray(value) ? value : [value ?? ""]).filter(
    (each) => typeof each === "string" && each !== "",
  ) as string[];
}

function boundary(before: Attributes, after: Attributes, unknown: Subject["unknown"]): readonly Found[] {
  const { permissions_boundary: was } = before;
  const { permissions_boundary: now } = after;
  if (typeof was !== "string" || was === "" || was === now) return [];
  if (unknown("permissions_boundary")) {
    return [found("the permissions boundary changes, to one that is known only after the apply", "medium")];
  }
  if (typeof now !== "string" || now === "") return [found("the permissions boundary is taken away", "high")];
  const level = levelOf(now) ?? "medium";
  return [found(`the permissions boundary is no longer ${was} but ${now}`, level)];
}

function found(message: string, level: Level): Found {
  return { rule: "iam-broadened", level, message };
}
