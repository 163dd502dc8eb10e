import { isObject } from "../../input/json";
import type { PlanJson } from "../../plan/plan-json";
import type { Attributes } from "./attributes";

/** What the rest of a plan says about one of its resources. */
export interface Surroundings {
  /** Account that the plan is for; undefined when no ARN in it says so. */
  readonly account: string | undefined;

  /** Region that most of its ARNs name. */
  readonly region: string | undefined;

  /** Types of what is deleted for good, by ARN, and by type and id. */
  readonly lost: ReadonlyMap<string, string>;
}

/** Nothing is known but the resource. */
export const ALONE: Surroundings = { account: undefined, region: undefined, lost: new Map() };

/** Attributes that name something of a type by its id. An id alone could be that of another type. */
const REFERENCES: Readonly<Record<string, string>> = {
  bucket: "aws_s3_bucket",
  vpc_id: "aws_vpc",
  subnet_id: "aws_subnet",
  role: "aws_iam_role",
  user: "aws_iam_user",
  group: "aws_iam_group",
  file_system_id: "aws_efs_file_system",
  backup_vault_name: "aws_backup_vault",
  log_group_name: "aws_cloudwatch_log_group",
  queue_url: "aws_sqs_queue",
  repository: "aws_ecr_repository",
  key_id: "aws_kms_key",
};

/** Reads what concerns all resources of a plan. */
export function surroundingsOf(plan: PlanJson | undefined): Surroundings {
  const accounts = new Map<string, number>();
  const regions = new Map<string, number>();
  const lost = new Map<string, string>();
  for (const { type, mode, change } of plan?.resource_changes ?? []) {
    const value = isObject(change.before) ? change.before : isObject(change.after) ? change.after : {};
    const [, region, account] = /^arn:[\w-]+:[\w-]*:([\w-]*):(\d{12}):/.exec(String(value.arn ?? "")) ?? [];
    if (mode !== "data") {
      count(accounts, account);
      count(regions, region);
    }
    if (!change.actions.includes("delete") || change.actions.includes("create")) continue;
    lost.set(`${type} ${String(value.id)}`, type);
    // What is attached to something can have its ARN.
    if (typeof value.arn === "string" && !/_(policy|attachment|association|rotation)$/.test(type)) {
      lost.set(value.arn, type);
    }
  }
  return { account: mostOf(accounts), region: mostOf(regions), lost };
}

function count(counts: Map<string, number>, name: string | undefined): void {
  if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
}

function mostOf(counts: ReadonlyMap<string, number>): string | undefined {
  const [[name] = []] = [...counts].sort(([, a], [, b]) => b - a);
  return name;
}

/** Whether what a resource of a type refers to is deleted by the same plan. */
export function refersToLost({ lost }: Surroundings, type: string, attributes: Attributes): boolean {
  return Object.entries(attributes).some(([name, value]) => {
    if (typeof value !== "string") return false;
    return lost.has(`${REFERENCES[name]} ${value}`) || (lost.get(value) ?? type) !== type;
  });
}
