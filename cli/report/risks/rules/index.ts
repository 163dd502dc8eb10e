import type { ResourceChangeJson } from "../../../plan/plan-json";
import type { Change } from "../../change";
import { LEVELS, type Risk, type Rule, subjectOf } from "../risk";
import { ALONE } from "../surroundings";
import { exposure } from "./exposure";
import { iam } from "./iam";
import { ingress } from "./ingress";
import { loss } from "./loss";
import { protection } from "./protection";

/** What the rules look for, for a reader who does not know them. */
export const RULES: Readonly<Record<string, string>> = {
  "delete-stateful": "A resource that holds data is deleted",
  "replace-stateful": "A resource that holds data is replaced",
  delete: "A resource is deleted",
  replace: "A resource is replaced",
  forget: "A resource leaves Terraform's care",
  "kms-key-deletion": "A KMS key is deleted",
  "iam-broadened": "Access is broadened",
  "ingress-open-to-world": "Ingress is opened to the world",
  "protection-removed": "A protection is taken away",
  "unknown-action": "Terraform does something that this version does not know",
};

const ALL: readonly Rule[] = [loss, protection, iam, ingress, exposure];

/** What a reviewer has to decide about in one resource's change. */
export function risksOf(change: Change, json: ResourceChangeJson, around = ALONE): readonly Risk[] {
  const subject = subjectOf(change, json, around);
  return ALL.flatMap((rule) => rule(subject)).map((found) => ({ ...found, address: change.address }));
}

/** Sorts by level, then by rule. */
export function byLevel(a: Risk, b: Risk): number {
  return LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.rule.localeCompare(b.rule);
}
