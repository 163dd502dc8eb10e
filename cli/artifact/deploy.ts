import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Progress } from "../console/tasks";
import { alarmsOn, watchAlarms } from "./alarms";
import type { Artifact } from "./index-object";
import { Pins, type Undo } from "./pins";
import { type Gradual, gradualOf, type Running, runningOf } from "./running";
import type { ArtifactStore } from "./store";
import type { Target } from "./target";
import { NotBegun, type StackTerraform } from "./terraform";
import { checkRuns } from "./verify";

/** What a deploy came to. */
export interface Deployed {
  readonly environment: string;
  readonly service: string;
  readonly sha256: string;
  readonly commit: string;

  /** `deployed`: callers get it now; `unchanged`: they got it before; `pinned`: its stack is still to be deployed. */
  readonly outcome: "deployed" | "unchanged" | "pinned";
}

/** Properties of {@link deploy}. */
export interface DeployProps {
  readonly terraform: StackTerraform;
  readonly progress: Progress;
  readonly store: ArtifactStore;
  readonly target: Target;
  readonly artifact: Artifact;

  /** `deploy` goes by the environment's own way to switch; `rollback` switches at once, and forgets what it takes back. */
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
  const gradual = await gradualOf(target);
  if (how === "deploy" && isNew && gradual.percent < 100) await tryOut(props, pins, running, gradual);
  const pin = how === "rollback" ? pins.rollBack(artifact) : pins.pin(artifact);
  const changed = await carryOut(props, pins, await pin);
  return { ...result, outcome: changed || isNew ? "deployed" : "unchanged" };
}

/** Gives some callers the artifact for a while. @throws CliError when an alarm goes on, after all callers have got back what they had. */
async function tryOut(
  props: DeployProps,
  pins: Pins,
  running: Running,
  { percent, minutes, alarmNames }: Gradual,
): Promise<void> {
  const { target, artifact } = props;
  await refuseOn(target, alarmNames);
  const split = { stableVersion: running.version, weight: percent / 100 };
  await carryOut(props, pins, await pins.pin(artifact, split), true);
  const on = await watchAlarms(target.region, alarmNames, minutes, (seconds) =>
    props.progress(`${percent} % of the traffic for another ${seconds} s`),
  ).catch((error: unknown) => {
    throw error instanceof Interrupted ? between(props, percent) : error;
  });
  if (on.length > 0) await takeBack(props, pins, running, on);
}

/**
 * Plans, applies, and looks what runs; a plan that fails puts back what was pinned.
 *
 * @param isTried - whether only some callers get the artifact.
 * @returns whether anything changed.
 */
async function carryOut(props: DeployProps, pins: Pins, undo: Undo, isTried = false): Promise<boolean> {
  const plan = await props.terraform.plan().catch(async (error: unknown) => {
    const undone = await undo();
    if (!(error instanceof Interrupted) || !undone) throw error;
    const weight = (await pins.read())?.pin.weight ?? 0;
    throw weight > 0 ? between(props, weight * 100) : new Interrupted("nothing was changed");
  });
  const { target, artifact } = props;
  const check = () => checkRuns(target, artifact, isTried);
  if (plan.isEmpty) return check().then(() => false);
  await plan.apply().catch(async (error: unknown) => {
    if (error instanceof NotBegun) await undo();
    const left = `${artifact.sha256.slice(0, 12)} is pinned in ${target.environment}, and may not run yet`;
    throw error instanceof Interrupted ? new Interrupted(left, ...ways(props)) : error;
  });
  await check();
  return true;
}

/** The end of a gradual deploy that was interrupted while some callers get the artifact. */
function between(props: DeployProps, percent: number): Interrupted {
  const what = `${Math.round(percent)} % of the callers in ${props.target.environment} still get ${props.artifact.sha256.slice(0, 12)}`;
  return new Interrupted(`${what}, and nobody watches it`, ...ways(props));
}

/** How to go on after an interruption. */
function ways({ target: { environment, service }, artifact }: DeployProps): readonly string[] {
  const command = (verb: string) => `npx groundplan artifact ${verb} ${environment} --service ${service}`;
  return [
    `go on: ${command("deploy")} --to ${artifact.sha256.slice(0, 12)}`,
    `take it back: ${command("rollback")}`,
  ];
}

/** Ends a gradual deploy: all callers get what they got before. */
async function takeBack(
  props: DeployProps,
  pins: Pins,
  running: Running,
  on: readonly string[],
): Promise<never> {
  const { store, target, artifact } = props;
  const { environment, service } = target;
  const tried = `an alarm went on while ${artifact.sha256.slice(0, 12)} was tried`;
  const { artifacts } = await store.index(service);
  const before = artifacts.find(({ sourceCodeHash }) => sourceCodeHash === running.sourceCodeHash);
  if (!before) {
    throw new CliError(
      EXIT.FAILED,
      `${environment} is between two artifacts: ${tried}, and what ran before is not published`,
      ...on,
      `name one that is: npx groundplan artifact rollback ${environment} --service ${service} --to <hash>`,
    );
  }
  await carryOut({ ...props, artifact: before }, pins, await pins.rollBack(before));
  throw new CliError(
    EXIT.FAILED,
    `${environment} went back to ${before.sha256.slice(0, 12)}: ${tried}`,
    ...on,
  );
}

async function refuseOn(target: Target, names: readonly string[]): Promise<void> {
  const on = await alarmsOn(target.region, names);
  if (on.length === 0) return;
  throw new CliError(
    EXIT.HELD,
    `${target.environment} has an alarm on, so a gradual deploy could not tell whether the new artifact is at fault`,
    ...on,
    "wait until it is off, or switch at once with --at-once",
  );
}
