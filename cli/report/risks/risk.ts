import type { Change } from "../change";
import { isObject, type Json, type ResourceChangeJson } from "../plan-json";

/** How much a reviewer has to look: `high` cannot be undone or opens something to others. */
export type Level = "high" | "medium" | "low";

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

  /** Whether an attribute is known only after the apply. */
  unknown(attribute: string): boolean;
}

/** Attributes of a resource. */
export type Attributes = Readonly<Record<string, Json>>;

/** A rule finds risks in one resource's change. */
export type Rule = (subject: Subject) => readonly Found[];

/** What a rule finds; the address is the subject's. */
export type Found = Omit<Risk, "address">;

/** A change, as rules read it. */
export function subjectOf(change: Change, json: ResourceChangeJson): Subject {
  const { before, after, after_unknown, before_sensitive, after_sensitive } = json.change;
  return {
    change,
    json,
    before: attributesOf(before, before_sensitive),
    after: attributesOf(after, after_sensitive),
    unknown: (attribute) => isObject(after_unknown) && after_unknown[attribute] === true,
  };
}

/** Attributes without those that are secret: a message could repeat them. */
function attributesOf(value: Json | undefined, sensitive: Json | undefined): Attributes {
  if (!isObject(value) || sensitive === true) return {};
  const marks = isObject(sensitive) ? sensitive : {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => !holdsTrue(marks[name])));
}

function holdsTrue(mark: Json | undefined): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  return Object.values(mark).some((each) => holdsTrue(each as Json));
}
