import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Artifact } from "../index-object";
import type { Target } from "../target";
import { codeOf, runningOf } from "./running";

/**
 * Sees to it that callers get an artifact: all of them, or those that a gradual deploy gives it to.
 *
 * A pin says what is to run, and an apply what it did; this is what Lambda says. Two deploys at once, of which
 * one planned by the other's pin, end here.
 *
 * @param isTried - whether only some callers get it.
 * @throws CliError when callers get something else.
 */
export async function checkRuns(target: Target, artifact: Artifact, isTried: boolean): Promise<void> {
  const running = await runningOf(target);
  const [tried] = Object.keys(running?.weights ?? {});
  const code =
    isTried && tried !== undefined
      ? await codeOf(target, tried)
      : isTried || tried !== undefined
        ? undefined
        : running?.sourceCodeHash;
  if (code === artifact.sourceCodeHash) return;
  const { environment, service, alias, functionName } = target;
  const isShared = tried !== undefined && !isTried;
  throw new CliError(
    EXIT.FAILED,
    `${environment} does not run ${artifact.sha256.slice(0, 12)}: ${isShared ? `alias ${alias} gives some callers version ${tried}` : `the code behind alias ${alias} has the hash ${code ?? "of none"}`}`,
    `at function ${functionName}`,
    `somebody may have deployed at the same time: npx groundplan artifact current ${service}`,
  );
}
