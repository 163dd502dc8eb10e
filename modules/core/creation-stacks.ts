import * as traces from "cdktf/lib/tokens/private/stack-trace";

/** Variable that keeps the stacks: set it to find what made a token that cannot be resolved. */
const VARIABLE = "GROUNDPLAN_CREATION_STACKS";

/**
 * Lets CDKTF make tokens without noting the whole stack of each. It notes tens of thousands, and reads one only for the
 * message of a token that cannot be resolved: a fifth of the time of a synth, and three quarters of the memory of a
 * large one. CDKTF 0.21 has no setting for it. Called before the first construct is made.
 */
export function withoutCreationStacks(env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env[VARIABLE]) return;
  Object.assign(traces, { captureStackTrace: (): readonly string[] => [] });
}
