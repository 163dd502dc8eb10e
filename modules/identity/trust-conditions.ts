/** One key of a trust's condition, and whether its values leave strangers out. */
export interface Held {
  /** Key of the condition. */
  readonly key: string;

  /** Whether a value narrows who may assume the role. */
  readonly narrows: boolean;
}

/** Operators that let a request through only when the key is there and has one of the values. */
const MATCHING = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

/** The conditions of a statement, each key by itself. */
export function conditions(condition: unknown): readonly Held[] {
  if (typeof condition !== "object" || condition === null) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as Record<string, unknown>).map(([key, value]) => ({
      key,
      narrows:
        MATCHING.test(operator) && texts(value).length > 0 && !texts(value).some((each) => isOpen(key, each)),
    })),
  );
}

/** Whether a value of a key lets strangers match. A token stands for one plain text. */
function isOpen(key: string, value: string): boolean {
  const plain = value.replace(/\$\{[^}]*\}/g, "x");
  if (/^[*?]*$/.test(plain)) return true;
  if (!/[*?]/.test(plain)) return false;
  const name = key.toLowerCase();
  if (name.endsWith(":sub")) return isOpenSubject(plain);
  if (name === "aws:principalorgpaths") return !/^[^*?/]+\//.test(plain);
  if (ARNS.includes(name)) return !/^arn:[^:]*:[^:]*:[^:]*:[^:*?]+:/.test(plain);
  return SOURCES.includes(name) || CALLERS.includes(name);
}

/** Whether a subject's pattern leaves open whose repository, or which service account. */
function isOpenSubject(subject: string): boolean {
  if (subject.startsWith("repo:")) return !/^repo:[^*?:/]+\/[^*?:/]+:/.test(subject);
  if (subject.startsWith("system:")) return !/^system:serviceaccount:[^*?:]+:[^*?:]/.test(subject);
  return !/^[^*?:]+:[^*?:]+:/.test(subject);
}

const ARNS = ["aws:sourcearn", "aws:principalarn"];
const SOURCES = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid"];
const CALLERS = ["aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"];

/** Whether a condition fixes the account or the organisation for which a service acts. */
export function isSource({ key, narrows }: Held): boolean {
  return narrows && SOURCES.includes(key.toLowerCase());
}

/** Whether a condition fixes whose the caller is. */
export function isCaller(held: Held): boolean {
  return isSource(held) || (held.narrows && CALLERS.includes(held.key.toLowerCase()));
}

/** One text or several, as a list. */
export function texts(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each) => typeof each === "string");
}
