import type { Instance } from "./ports";

/** Whether an instance may be ended: the one place that knows the tag `keep`, asked on every path. */
export function mayEnd({ keep }: Instance): boolean {
  return !keep;
}
