import { join } from "node:path";
import { firstArtifacts } from "../artifact/lambda/first";
import { artifactStacks } from "../artifact/target";
import { callerAccount } from "../aws/caller";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, sayAside } from "../console/output";
import { page } from "../console/pages";
import { type Progress, runSteps, type Step } from "../progress/tasks";
import { type StateStack, stateStacks } from "../project/backend";
import { allowedAccounts, type Project, readStacks } from "../project/project";
import { synthesizeIfMissing } from "../project/synth";
import { synthesizeOrRead } from "../project/synthesized";
import { stateRegion } from "../state/clients";
import { findTerraform } from "../terraform/binary";
import { providerEnvironment } from "../terraform/mirror";
import { type BootstrapResult, bootstrap } from "./bootstrap";
import { forceUnlock } from "./unlock";

/** Which states are made, and how. */
export interface BootstrapFlags {
  readonly stack?: readonly string[];
  readonly forceUnlock?: string;

  /** Takes the stacks as they were synthesized last. */
  readonly skipSynth?: boolean;
  readonly json?: boolean;
}

/**
 * Bootstraps the state stacks of a project, one after another. It synthesizes first, so that a service that is new has
 * its first artifact when its stack is planned.
 *
 * @param inside - progress of a step that this is part of, after one that has synthesized; by default it shows steps of
 * its own.
 */
export async function bootstrapAll(
  project: Project,
  flags: BootstrapFlags,
  inside?: Progress,
): Promise<readonly BootstrapResult[]> {
  const terraform = await findTerraform();
  const env = providerEnvironment(join(project.root, ".groundplan", "terraform.rc"));
  if (inside || flags.skipSynth) await synthesizeIfMissing(project);
  else await synthesizeOrRead(project, true, flags.json);
  const results: BootstrapResult[] = [];
  const targets = flags.stack ? named(project, flags.stack) : await ofAccount(project);
  if (flags.forceUnlock && targets.length > 1) {
    const names = targets.map(({ stack }) => stack.name).join(", ");
    throw new CliError(
      EXIT.USAGE,
      `which state is lock ${flags.forceUnlock} of?`,
      `name it with --stack: ${names}`,
    );
  }
  const steps: Step<object>[] = targets.map((target) => ({
    title: `${target.stack.name}: state in ${target.state.bucket}`,
    run: async (_: object, progress: Progress) => {
      if (flags.forceUnlock) await forceUnlock(project, target, flags.forceUnlock, terraform.command, env);
      const result = await bootstrap({ project, target, terraform: terraform.command, env, progress });
      results.push(result);
      return result.outcome;
    },
  }));
  const artifacts = {
    title: "first artifacts",
    run: async (_: object, progress: Progress) => {
      const names = targets.map(({ stack }) => stack.name).join(" ");
      const pinned = await firstArtifacts(project, progress, `npx groundplan bootstrap --stack ${names}`);
      return pinned.length === 0 ? "nothing to do" : pinned.join(", ");
    },
  };
  if (artifactStacks(readStacks(project)).length > 0) steps.push(artifacts);
  if (inside) for (const step of steps) await step.run({}, inside);
  else await runSteps(steps, {}, flags.json);
  return results;
}

/** Every state stack of a project. */
function allOf(project: Project): readonly StateStack[] {
  const all = stateStacks(readStacks(project));
  if (all.length > 0) return all;
  throw new CliError(
    EXIT.USAGE,
    "no stack makes the bucket in which it keeps its own state",
    `at ${project.output}`,
    `add a state stack, and synthesize again: ${page("state")}`,
  );
}

function named(project: Project, names: readonly string[]): readonly StateStack[] {
  const all = allOf(project);
  const known = all.map(({ stack }) => stack.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CliError(EXIT.USAGE, `no state stack ${unknown.join(", ")}`, `use one of ${known.join(", ")}`);
  }
  return all.filter(({ stack }) => names.includes(stack.name));
}

/** The state stacks that the credentials in use are for; says which are left for others. */
async function ofAccount(project: Project): Promise<readonly StateStack[]> {
  const all = allOf(project);
  const [first] = all;
  if (!first || all.length === 1) return all;
  const account = await callerAccount(await stateRegion(first.state));
  const allowed = (target: StateStack) => {
    const accounts = allowedAccounts(target.stack);
    return accounts.length === 0 || accounts.includes(account);
  };
  const left = all.filter((target) => !allowed(target)).map(({ stack }) => stack.name);
  if (left.length === all.length) {
    throw new CliError(
      EXIT.HELD,
      `the credentials are of account ${account}, and no state stack is for it`,
      `sign in to the account of one of ${left.join(", ")}, e.g. with AWS_PROFILE`,
    );
  }
  if (left.length > 0) {
    sayAside(line`Left for the credentials of their own accounts: ${left.join(", ")}.`);
  }
  return all.filter(allowed);
}
