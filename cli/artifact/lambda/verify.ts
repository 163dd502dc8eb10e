import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Artifact } from "../index-object";
import type { Target } from "../target";
import { functionVersions } from "./function-versions";
import { codeOf, runningOf } from "./running";

/** Who gets an artifact: nobody, while it waits to be accepted. */
export type Callers = "all" | "some" | "nobody";

/**
 * Sees to it that callers get an artifact: all of them, or those that a gradual deploy gives it to.
 *
 * A pin says what is to run, and an apply what it did; this is what Lambda says. Two deploys at once, of which
 * one planned by the other's pin, end here.
 *
 * @param who - who is to get it.
 * @throws CliError when callers get something else.
 */
export async function checkRuns(target: Target, artifact: Artifact, who: Callers): Promise<void> {
  if (who === "nobody") return checkWaits(target, artifact);
  const isTried = who === "some";
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

/** Sees to it that an artifact is the newest version of its function, and that no caller gets it. */
async function checkWaits(target: Target, { sha256, sourceCodeHash }: Artifact): Promise<void> {
  const [running, versions] = await Promise.all([runningOf(target), functionVersions(target)]);
  const newest = versions?.versions.at(-1);
  const isShared = Object.keys(running?.weights ?? {}).length > 0;
  const isCalled = running?.version === newest?.version || isShared;
  if (newest?.sourceCodeHash === sourceCodeHash && !isCalled) return;
  const { environment, service, functionName } = target;
  throw new CliError(
    EXIT.FAILED,
    `${environment} does not keep ${sha256.slice(0, 12)} waiting: ${isCalled ? "callers get the newest version" : "its newest version is of other code"}`,
    `at function ${functionName}`,
    `somebody may have deployed at the same time: npx groundplan artifact current ${service}`,
  );
}
