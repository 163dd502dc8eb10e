import { callerAccount } from "../bootstrap/aws";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { alarmsOn, watchAlarms } from "./alarms";
import type { Artifact } from "./index-object";
import { Pins, type Undo } from "./pins";
import { gradualOf, runningOf } from "./running";
import type { ArtifactStore } from "./store";
import type { Target } from "./target";
import { TargetTerraform, type TerraformProps } from "./terraform";

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
export interface DeployProps extends TerraformProps {
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
 * When the plan fails, what was pinned before is put back. When the apply fails or is interrupted, the pin
 * stays, and the same command again completes it.
 *
 * @throws CliError when the artifact is gone, the account is another, or Terraform fails.
 */
export async function deploy(props: DeployProps): Promise<Deployed> {
  const { target, artifact, store, how } = props;
  await checkAccount(target);
  const pins = new Pins(store, target);
  const terraform = new TargetTerraform(target, props);
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
  if (how === "deploy" && isNew && running && gradual.percent < 100) {
    await refuseOn(target, gradual.alarmNames);
    const split = { stableVersion: running.version, weight: gradual.percent / 100 };
    await carryOut(terraform, await pins.pin(artifact, split));
    const on = await watchAlarms(target.region, gradual.alarmNames, gradual.minutes, (seconds) =>
      props.progress(`${gradual.percent} % of the traffic for another ${seconds} s`),
    );
    if (on.length > 0) await takeBack(props, pins, terraform, on);
  }
  const changed = await carryOut(
    terraform,
    await (how === "rollback" ? pins.rollBack(artifact) : pins.pin(artifact)),
  );
  return { ...result, outcome: changed || isNew ? "deployed" : "unchanged" };
}

/** Plans and applies; a plan that fails puts back what was pinned. @returns whether anything changed. */
async function carryOut(terraform: TargetTerraform, undo: Undo): Promise<boolean> {
  const plan = await terraform.plan().catch(async (error: unknown) => {
    await undo();
    throw error;
  });
  if (plan.isEmpty) return false;
  await plan.apply();
  return true;
}

/** Ends a gradual deploy: all callers get what they got before. */
async function takeBack(
  { store, target, artifact }: DeployProps,
  pins: Pins,
  terraform: TargetTerraform,
  on: readonly string[],
): Promise<never> {
  const { artifacts } = await store.index(target.service);
  const [last] = (await pins.read())?.pin.before ?? [];
  const before = artifacts.find(({ sha256 }) => sha256 === last);
  if (before) await carryOut(terraform, await pins.rollBack(before));
  throw new CliError(
    EXIT.FAILED,
    `${target.environment} went back to ${before?.sha256.slice(0, 12) ?? "nothing"}: an alarm went on while ${artifact.sha256.slice(0, 12)} was tried`,
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

async function checkAccount({ account, region, environment, stack }: Target): Promise<void> {
  const caller = await callerAccount(region);
  if (account === undefined || account === caller) return;
  throw new CliError(
    EXIT.HELD,
    `the credentials are of account ${caller}, and ${environment} is in ${account}`,
    `at stack ${stack.name}`,
    "sign in to that account, e.g. with AWS_PROFILE",
  );
}
