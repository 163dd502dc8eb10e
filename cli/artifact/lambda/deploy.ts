import { CliError, Interrupted } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Progress } from "../../progress/tasks";
import type { Artifact } from "../index-object";
import type { Running } from "../kind";
import { isTried, type Pin } from "../pin";
import { type Pinned, Pins } from "../pins";
import type { ArtifactStore } from "../store";
import type { Target } from "../target";
import { absentAlarms, alarmsOn, watchAlarms } from "./alarms";
import { refusalOf } from "./before-traffic";
import { functionVersions } from "./function-versions";
import { gradualOf, runningOf } from "./running";
import { type DeployTerraform, NotBegun, type TargetedPlan } from "./terraform";
import { type Callers, checkRuns } from "./verify";

/** What a deploy came to. */
export interface Deployed {
  readonly environment: string;
  readonly service: string;
  readonly sha256: string;
  /** Commit that what runs was pinned from: of the same bytes, it may be an earlier one. */
  readonly commit: string;

  /** `deployed`: callers get it now; `unchanged`: all got these bytes before; `pinned`: its stack is still to be deployed. */
  readonly outcome: "deployed" | "unchanged" | "pinned";
}

/** Properties of {@link deploy}. */
export interface DeployProps {
  readonly terraform: DeployTerraform;
  readonly progress: Progress;
  readonly store: ArtifactStore;
  readonly target: Target;
  readonly artifact: Artifact;

  /** `deploy` goes by the environment's own way to switch; `rollback` switches at once, changes the code alone, and forgets what it takes back. */
  readonly how: "deploy" | "at-once" | "rollback";
}

/**
 * Pins an artifact in an environment, and lets Terraform bring it to the function: a plan of the function and
 * its alias, nothing else, which is then applied. So the state never disagrees.
 *
 * When the plan fails or the apply never begins, what was pinned before is put back. When the apply fails or is
 * interrupted, or a gradual deploy is while it is watched, the pin stays, and the same command again completes it.
 *
 * @throws CliError when the artifact is gone, Terraform fails, or something else runs in the end.
 */
export async function deploy(props: DeployProps): Promise<Deployed> {
  const { target, artifact, store, how, terraform } = props;
  const pins = new Pins(store, target);
  const { environment, service } = target;
  const result = { environment, service, sha256: artifact.sha256, commit: artifact.commit };
  await terraform.init();
  if (!(await terraform.isDeployed())) {
    await (how === "rollback" ? pins.rollBack(artifact) : pins.pin(artifact));
    return { ...result, outcome: "pinned" };
  }
  const running = await runningOf(target);
  const isNew = running !== undefined && running.sourceCodeHash !== artifact.sourceCodeHash;
  const isWithAll = running !== undefined && !isNew && Object.keys(running.weights).length === 0;
  const last = isWithAll ? (await pins.read())?.pin : undefined;
  // Another commit of the same bytes would make another version of them, and a way back from that would go too far.
  if (last && isPinned(artifact, last)) return { ...result, commit: last.commit, outcome: "unchanged" };
  // What was tried is given to all over its own pin only: somebody may have pinned something else meanwhile.
  const held = how !== "rollback" && isNew ? await hold(props, pins, running) : undefined;
  const tried = how === "deploy" && isNew ? await tryOut(props, pins, running, held) : held;
  const pin = how === "rollback" ? pins.rollBack(artifact) : pins.pin(artifact, undefined, tried);
  await carryOut(props, pins, await pin);
  return { ...result, outcome: isWithAll ? "unchanged" : "deployed" };
}

/** Whether a pin gives an artifact to all callers. */
function isPinned({ sha256, versionId }: Artifact, pin: Pin): boolean {
  return pin.sha256 === sha256 && pin.versionId === versionId && !isTried(pin);
}

/**
 * Makes the new version, and lets it be accepted while all callers still get what they had.
 *
 * @returns the pin by which it waits; undefined where nothing has to be passed.
 * @throws CliError when it is refused, after what was there is there again.
 */
async function hold(props: DeployProps, pins: Pins, running: Running): Promise<Pinned | undefined> {
  const { target, artifact } = props;
  const { beforeTraffic } = target;
  if (!beforeTraffic) return undefined;
  const pinned = await pins.pin(artifact, { stableVersion: running.version, weight: 0 });
  await carryOut(props, pins, pinned, "nobody");
  const asked = async () => {
    props.progress("asking whether the new version is accepted, before any caller gets it");
    return refusalOf(target, beforeTraffic, artifact);
  };
  const refusal = await asked().catch((error: unknown) => {
    throw between(props, { ...artifact, weight: 0 }, error);
  });
  if (refusal !== undefined) {
    const tried = `${shortOf(artifact)} was refused before any caller got it`;
    await takeBack(props, pins, pinned, running, tried, [refusal]);
  }
  return pinned;
}

/**
 * Gives some callers the artifact for a while.
 *
 * @returns the pin by which they get it; undefined where the environment switches at once.
 * @throws CliError when an alarm goes on, after all callers have got back what they had.
 */
async function tryOut(
  props: DeployProps,
  pins: Pins,
  running: Running,
  held: Pinned | undefined,
): Promise<Pinned | undefined> {
  const { target, artifact } = props;
  const { percent, minutes, alarmNames } = await gradualOf(target);
  if (percent >= 100) return held;
  await refuseOn(target, alarmNames);
  const split = { stableVersion: running.version, weight: percent / 100 };
  const pinned = await pins.pin(artifact, split, held);
  await carryOut(props, pins, pinned, "some");
  const on = await watchAlarms(target.region, alarmNames, minutes, (seconds) =>
    props.progress(`${percent} % of the traffic for another ${seconds} s`),
  ).catch((error: unknown) => {
    throw between(props, { ...artifact, weight: percent / 100 }, error);
  });
  const tried = `an alarm went on while ${shortOf(artifact)} was tried`;
  if (on.length > 0) await takeBack(props, pins, pinned, running, tried, on);
  return pinned;
}

/**
 * Plans, applies, and looks what runs; a plan that fails puts back what was pinned.
 *
 * @param who - who gets the artifact then.
 */
async function carryOut(props: DeployProps, pins: Pins, pinned: Pinned, who: Callers = "all"): Promise<void> {
  const { target, artifact } = props;
  const plan = (notedAs?: string) => props.terraform.plan(props.how === "rollback", notedAs);
  const undo = async (error: unknown) => {
    throw await putBack(props, pins, pinned, error);
  };
  const leave = (error: unknown) => {
    const left = `${shortOf(artifact)} is pinned in ${target.environment}, and may not run yet`;
    throw told(error, left, ...ways(target, artifact));
  };
  const apply = (one: TargetedPlan) =>
    one.apply().catch((error: unknown) => (error instanceof NotBegun ? undo(error) : leave(error)));
  let next = await plan().catch(undo);
  const other = next.sendsCode ? undefined : await otherCode(props, pins, pinned);
  if (other !== undefined) {
    next.discard();
    await apply(await plan(other).catch(undo));
    // Something was applied by now: a plan that fails puts nothing back.
    next = await plan().catch(leave);
  }
  if (!next.isEmpty) await apply(next);
  await checkRuns(target, artifact, who);
}

/**
 * The hash of the code that the newest version of a function has in place of the pinned one; undefined when it has that,
 * or somebody has pinned since. An apply that is ended while Lambda is sent the code, or before that is published, has
 * noted it in the state all the same, and Terraform sees no difference any more.
 */
async function otherCode(
  { target, artifact }: DeployProps,
  pins: Pins,
  pinned: Pinned,
): Promise<string | undefined> {
  const code = (await functionVersions(target))?.versions.at(-1)?.sourceCodeHash;
  if (code === undefined || code === artifact.sourceCodeHash) return undefined;
  return (await pins.read())?.version === pinned.version ? code : undefined;
}

/** Puts back what was pinned, since nothing was applied. @returns the error, with what is left to know of. */
async function putBack(props: DeployProps, pins: Pins, pinned: Pinned, error: unknown): Promise<Error> {
  const { environment } = props.target;
  const short = shortOf(props.artifact);
  try {
    const left = await pinned.undo();
    if (left !== undefined) return told(error, `${short} was pinned in ${environment}, and ${left}`);
    const pin = (await pins.read())?.pin;
    if (pin && isTried(pin)) return between(props, pin, error);
    return error instanceof Interrupted ? new Interrupted("nothing was changed") : (error as Error);
  } catch (second) {
    const reason = second instanceof Error ? second.message : String(second);
    return told(
      error,
      `${short} is pinned in ${environment}, and what was before could not be put back: ${reason}`,
      ...ways(props.target, props.artifact),
    );
  }
}

/** An error with more lines. */
function told(error: unknown, ...lines: readonly string[]): CliError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Interrupted) return new Interrupted(...message.split("\n  ").slice(1), ...lines);
  return new CliError(error instanceof CliError ? error.exitCode : EXIT.FAILED, message, ...lines);
}

function shortOf({ sha256 }: Pick<Artifact, "sha256">): string {
  return sha256.slice(0, 12);
}

/** The end of a gradual deploy that ends while some callers get what is pinned. */
function between({ target }: DeployProps, pin: Pick<Pin, "sha256" | "weight">, error: unknown): CliError {
  const short = shortOf(pin);
  if (pin.weight === 0)
    return told(
      error,
      `${short} waits in ${target.environment}, and no caller gets it`,
      ...ways(target, pin),
    );
  const share = `${Math.round(pin.weight * 100)} % of the callers in ${target.environment}`;
  return told(error, `${share} still get ${short}, and no alarm is watched`, ...ways(target, pin));
}

/** How to go on after an interruption. */
function ways({ environment, service }: Target, artifact: Pick<Artifact, "sha256">): readonly string[] {
  const command = (verb: string) => `npx groundplan artifact ${verb} ${environment} --service ${service}`;
  return [`go on: ${command("deploy")} --to ${shortOf(artifact)}`, `take it back: ${command("rollback")}`];
}

/** Ends a gradual deploy: all callers get what they got before. */
async function takeBack(
  props: DeployProps,
  pins: Pins,
  pinned: Pinned,
  running: Running,
  tried: string,
  on: readonly string[],
): Promise<never> {
  const { store, target } = props;
  const { environment, service } = target;
  const { artifacts } = await store.index(service);
  const before = artifacts.findLast(({ sourceCodeHash }) => sourceCodeHash === running.sourceCodeHash);
  const other = `go back to another: npx groundplan artifact rollback ${environment} --service ${service} --to <hash>`;
  if (!before) {
    throw new CliError(
      EXIT.FAILED,
      `${environment} is between two artifacts: ${tried}, and what ran before is not published`,
      ...on,
      other,
    );
  }
  try {
    await carryOut(
      { ...props, artifact: before, how: "rollback" },
      pins,
      await pins.rollBack(before, pinned),
    );
  } catch (error) {
    throw told(error, `${environment} should go back, and did not: ${tried}`, ...on, other);
  }
  throw new CliError(EXIT.FAILED, `${environment} went back to ${shortOf(before)}: ${tried}`, ...on);
}

async function refuseOn(target: Target, names: readonly string[]): Promise<void> {
  const { environment, region, stack } = target;
  const absent = await absentAlarms(region, names);
  if (absent.length > 0) {
    throw new CliError(
      EXIT.HELD,
      `alarms of ${environment} are not there, so a gradual deploy could not tell whether the new artifact is at fault`,
      ...absent,
      `deploy their stack: npx cdktf deploy ${stack.name}; or switch at once with --at-once`,
    );
  }
  const on = await alarmsOn(region, names);
  if (on.length === 0) return;
  throw new CliError(
    EXIT.HELD,
    `${environment} has an alarm on, so a gradual deploy could not tell whether the new artifact is at fault`,
    ...on,
    "wait until it is off, or switch at once with --at-once",
  );
}
