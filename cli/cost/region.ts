import { at, type Json } from "../input/json";
import type { ChangeJson } from "../plan/plan-json";

/**
 * The Region of a resource, as its own values say it: the argument `region` of the AWS provider's version 6, its ARN, or its
 * zone; undefined where they do not.
 */
export function regionOf({ before, after }: ChangeJson): string | undefined {
  for (const side of [after, before]) {
    const found =
      ofText(at(side, "region"), /^(.+)$/) ?? ofText(at(side, "arn"), /^arn:[^:]*:[^:]*:([^:]+):/);
    if (found !== undefined) return found;
    const zone = ofText(at(side, "availability_zone"), /^(.+)[a-z]$/);
    if (zone !== undefined) return zone;
  }
  return undefined;
}

function ofText(value: Json | undefined, pattern: RegExp): string | undefined {
  const found = typeof value === "string" ? pattern.exec(value)?.[1] : undefined;
  return found !== undefined && REGION.test(found) ? found : undefined;
}

/** A Region's name. */
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
