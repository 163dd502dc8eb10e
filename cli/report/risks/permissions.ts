import { isArray } from "../../input/json";
import type { Attributes } from "./attributes";
import type { Found, Subject } from "./risk";

/** A type that lets somebody in without a policy document. */
interface Permission {
  /** The attribute that names who. */
  readonly who: string;

  /** What it says when it is everybody. */
  readonly everybody: string;

  /** Attributes that narrow it. */
  readonly narrowedBy: readonly string[];
}

const PERMISSIONS: Readonly<Record<string, Permission>> = {
  aws_lambda_permission: {
    who: "principal",
    everybody: "*",
    narrowedBy: ["source_arn", "source_account", "principal_org_id"],
  },
  aws_cloudwatch_event_permission: { who: "principal", everybody: "*", narrowedBy: ["condition"] },
  aws_lambda_layer_version_permission: {
    who: "principal",
    everybody: "*",
    narrowedBy: ["organization_id"],
  },
  aws_ami_launch_permission: { who: "group", everybody: "all", narrowedBy: [] },
};

/** Permissions that let everybody in, or services on behalf of everybody, or other accounts. */
export function permissions({ change, before, after, unknown, account }: Subject): readonly Found[] {
  const permission = PERMISSIONS[change.type];
  if (!permission) return [];
  const { who, everybody, narrowedBy } = permission;
  const narrowed = (attributes: Attributes) => narrowedBy.some((name) => isSet(attributes, name));
  const open = (attributes: Attributes) => attributes[who] === everybody && !narrowed(attributes);
  // What narrows it is there, whatever its value will be.
  const hidden = narrowedBy.some((name) => unknown(name));
  const by = narrowedBy.length > 0 ? ` without ${narrowedBy.join(" or ")}` : "";
  if (!hidden && open(after) && !open(before)) return [found(`lets everybody in${by}`, "high")];
  if (!hidden && after[who] === before[who] && narrowed(before) && !narrowed(after)) {
    return [
      found(`${who} ${String(after[who])} is no longer narrowed by ${narrowedBy.join(" or ")}`, "medium"),
    ];
  }
  const [other] = /(?<!\d)\d{12}(?!\d)/.exec(String(after[who] ?? "")) ?? [];
  if (!other || !account || other === account || after[who] === before[who]) return [];
  return [found(`lets another account in: ${other}`, "medium")];
}

function isSet(attributes: Attributes, name: string): boolean {
  const value = attributes[name];
  return isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

function found(message: string, level: Found["level"]): Found {
  return { rule: "iam-broadened", level, message };
}
