import { isArray, isObject, type Json } from "../../input/json";
import type { ResourceChangeJson } from "../../plan/plan-json";
import type { Change } from "../change";
import type { Attributes } from "./attributes";
import { refersToLost, type Surroundings } from "./surroundings";

/** The levels of a risk, the worst first. */
export const LEVELS = ["high", "medium", "low"] as const;

/** How much a reviewer has to look: `high` cannot be undone or opens something to others. */
export type Level = (typeof LEVELS)[number];

/** Something in a plan that a reviewer has to decide about. */
export interface Risk {
  /** Name of the rule. */
  readonly rule: string;
  readonly level: Level;
  readonly address: string;

  /** What happens, in words; never with a secret value. */
  readonly message: string;
}

/** A resource's change, read and as Terraform wrote it. */
export interface Subject {
  readonly change: Change;
  readonly json: ResourceChangeJson;

  /** Attributes before; empty when it is created. */
  readonly before: Attributes;

  /** Attributes after, as far as they are known; empty when it is deleted. */
  readonly after: Attributes;

  /** Whether an attribute, or anything in it, is known only after the apply; blocks by a path: `block.attribute`. */
  unknown(path: string): boolean;

  /** Whether an attribute is secret after the change. */
  secret(attribute: string): boolean;

  /** Account that the plan is for, when an ARN in it says so. */
  readonly account: string | undefined;

  /** Whether the same plan deletes what it is attached to. */
  readonly orphan: boolean;
}

/** A rule finds risks in one resource's change. */
export type Rule = (subject: Subject) => readonly Found[];

/** What a rule finds; the address is the subject's. */
export type Found = Omit<Risk, "address">;

/** A change, as rules read it. */
export function subjectOf(change: Change, json: ResourceChangeJson, around: Surroundings): Subject {
  const { before, after, after_unknown, before_sensitive, after_sensitive } = json.change;
  return {
    change,
    json,
    before: attributesOf(before, before_sensitive),
    after: attributesOf(after, after_sensitive),
    unknown: (path) => holdsTrue(after_unknown, path.split(".")),
    secret: (attribute) => holdsTrue(after_sensitive, [attribute]),
    account: around.account,
    orphan: refersToLost(around, json.type, isObject(before) ? before : {}),
  };
}

/** What an attribute holds, or an attribute of blocks; of a list each. */
export function valuesAt(attributes: Attributes, path: string): readonly Json[] {
  // Rules ask for many of every resource: most are not in a block.
  const [step = "", ...rest] = path.includes(".") ? path.split(".") : [path];
  return rest.reduce<readonly Json[]>(
    (all, next) => all.flatMap((each) => eachOf(isObject(each) ? each[next] : null)),
    eachOf(attributes[step]),
  );
}

function eachOf(value: Json = null): readonly Json[] {
  return isArray(value) ? value : [value];
}

/** Attributes without those that are secret: a message could repeat them. */
function attributesOf(value: Json | undefined, sensitive: Json | undefined): Attributes {
  if (!isObject(value) || sensitive === true) return {};
  const marks = isObject(sensitive) ? sensitive : {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => !holdsTrue(marks[name])));
}

/** Whether a mark is set at a path, or around or within what is there. */
function holdsTrue(mark: Json | undefined, [step, ...rest]: readonly string[] = []): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  if (isArray(mark)) return mark.some((each) => holdsTrue(each, step === undefined ? [] : [step, ...rest]));
  return step === undefined
    ? Object.values(mark).some((each) => holdsTrue(each))
    : holdsTrue(mark[step], rest);
}
