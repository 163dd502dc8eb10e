import { isDeepStrictEqual } from "node:util";
import { at, isArray, isObject, type Json } from "../input/json";
import { SENSITIVE, SENSITIVE_CHANGED } from "../input/text-mask";
import type { ChangeJson } from "./plan-json";

/** A change with its secrets taken out, on both sides where one side says so. */
export function redactChange(change: ChangeJson): ChangeJson {
  const mask = maskOf(change);
  return {
    ...change,
    ...(change.before === undefined ? {} : { before: redact(change.before, mask, undefined) }),
    ...(change.after === undefined ? {} : { after: redact(change.after, mask, change.before) }),
  };
}

/** Where a change has secrets, before or after. */
export function maskOf({ before_sensitive, after_sensitive }: ChangeJson): Json | undefined {
  return unionOf(before_sensitive, after_sensitive);
}

/** @param other - value of the other side, to say whether a secret changes. */
function redact(value: Json, mask: Json | undefined, other: Json | undefined): Json {
  if (mask === true) {
    if (value === null) return value;
    // What an earlier run has masked says already whether it changes.
    if (value === SENSITIVE || value === SENSITIVE_CHANGED) return value;
    const same = other === undefined || other === null || isDeepStrictEqual(value, other);
    return same ? SENSITIVE : SENSITIVE_CHANGED;
  }
  if (mask === undefined || mask === null || mask === false) return value;
  if (isArray(value)) return value.map((item, index) => redact(item, at(mask, index), at(other, index)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redact(item, at(mask, key), at(other, key))]),
  );
}

/** What is sensitive by one mask or the other. */
export function unionOf(one: Json | undefined, other: Json | undefined): Json | undefined {
  if (one === true || other === true) return true;
  if (typeof one !== "object" || one === null) return other;
  if (typeof other !== "object" || other === null) return one;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const merged = Object.fromEntries(keys.map((key) => [key, unionOf(at(one, key), at(other, key)) ?? false]));
  return isArray(one) && isArray(other)
    ? Object.assign(new Array<Json>(Math.max(one.length, other.length)).fill(false), merged)
    : merged;
}
