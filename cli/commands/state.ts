import { join } from "node:path";
import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { commonFaults } from "../console/faults";
import { line, paint, say, sayAside, sayJson, sayProblem, sayStoredJson } from "../console/output";
import { maskOfStacks } from "../plan/stack-secrets";
import { endIfInterrupted } from "../process/interrupts";
import { findProject, type Project, readStacks, type Stack } from "../project/project";
import { chooseStacks, stackOfName } from "../project/select";
import { DEFAULT_WORKSPACE, workspaceOf } from "../project/workspace";
import { holderOf, type LockContent, releaseCommand } from "../state/lock-info";
import { locksOf } from "../state/locks";
import { restore } from "../state/restore";
import { summarize } from "../state/state-file";
import type { FoundLock } from "../state/state-lock";
import { StateStore } from "../state/store";
import { findTerraform } from "../terraform/binary";
import { providerEnvironment } from "../terraform/mirror";
import { confirmed } from "./confirm";
import { withEnvironments } from "./options";

interface StateFlags {
  readonly environment?: readonly string[];
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly raw?: boolean;
  readonly damaged?: boolean;
}

/** Adds `groundplan state …`. */
export function addState(program: Command): void {
  const state = program
    .command("state")
    .summary("locks and versions of the states in S3")
    .description("Lists and releases the locks of states in S3, and lists and restores their versions.")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan state locks\n  $ npx groundplan state unlock dev-network 6a0c8f5e-1f0b-4c55-8f5b-0d7f2a9b1c11\n  $ npx groundplan state versions dev-network\n  $ npx groundplan state restore dev-network 3HL4kqtJvjVBH40Nrjfkd\n${EXIT_HELP}`,
    );
  withEnvironments(state.command("locks"))
    .summary("list locked states; exits with 4 when one is locked")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  $ npx groundplan state locks --json")
    .action(locks);
  state
    .command("unlock")
    .argument("<stack>", "name of the stack")
    .argument("[id]", "id of the lock, as `locks` prints it")
    .summary("release a lock left by a run that died")
    .option("--damaged", "release a lock that cannot be read, and so has no id")
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan state unlock dev-network <id>\n  $ npx groundplan state unlock dev-network --damaged",
    )
    .action(unlock);
  state
    .command("versions")
    .argument("<stack>", "name of the stack")
    .summary("versions of a state, the newest first")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  $ npx groundplan state versions dev-network")
    .action(versions);
  state
    .command("show")
    .argument("<stack>", "name of the stack")
    .argument("[version]", "id of a version (default: the current state)")
    .summary("what a version of a state holds, without values")
    .option("--json", "print it as JSON")
    .option("--raw", "print the state itself; it holds secrets")
    .addHelpText("after", "\nExample:\n  $ npx groundplan state show dev-network <version>")
    .action(show);
  state
    .command("restore")
    .argument("<stack>", "name of the stack")
    .argument("<version>", "id of a version, as `versions` prints it")
    .summary("make an old version the current state again")
    .option("-y, --yes", "do not ask")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", "\nExample:\n  $ npx groundplan state restore dev-network <version>")
    .action(restoreVersion);
}

async function locks({ json, environment: environments }: StateFlags): Promise<void> {
  const stacks = readStacks(findProject());
  const names = chooseStacks(stacks, { environments });
  const chosen = stacks.filter(({ name }) => names.includes(name));
  const { held, damaged, looked, unseen, elsewhere } = await locksOf(chosen);
  const count = held.length + damaged.length;
  if (json) {
    const failed = unseen.map(({ stack, error }) => ({ stack, message: error.message }));
    const body = { locks: [...held, ...damaged], looked, unseen: failed, elsewhere };
    sayJson({ format: "groundplan.state.locks", version: 1, ...body });
  } else if (count === 0 && looked > 0) say(line`${paint.good("No lock")} on any of ${looked} states.`);
  for (const { stack, ...info } of json ? [] : held) {
    say(line`${paint.strong(stack)} held by ${holderOf(info)}`);
    say(line`  if that run has died: ${releaseCommand(stack, { info })}`);
  }
  for (const { stack, damaged: damage, at } of json ? [] : damaged) {
    say(line`${paint.strong(stack)} held by a ${paint.bad("damaged")} lock: ${damage}`);
    say(line`  at ${at}; Terraform refuses the state until it is released`);
    say(line`  if no run is under way: ${releaseCommand(stack, { damage })}`);
  }
  if (elsewhere.length > 0)
    sayAside(line`Not checked, for their state is not in S3: ${elsewhere.join(", ")}.`);
  const faults = commonFaults(unseen.map(({ stack, error }) => ({ name: stack, message: error.message })));
  for (const { names, message } of faults) {
    sayProblem(line`${paint.bad("Not checked")}: ${paint.strong(names.join(", "))}, `, message);
  }
  if (count > 0) process.exitCode = EXIT.HELD;
  else if (unseen[0]) process.exitCode = unseen[0].error.exitCode;
}

async function unlock(name: string, id: string | undefined, flags: StateFlags): Promise<void> {
  if ((id === undefined) !== (flags.damaged === true)) {
    throw new CliError(
      EXIT.USAGE,
      "which lock is to be released?",
      "write its id, or --damaged for what cannot be read as a lock: npx groundplan state locks",
    );
  }
  const store = StateStore.of(stackNamed(name));
  const isMeant = ({ info }: LockContent) => info?.ID === id;
  const locks = await store.locks();
  const lock = locks.find(isMeant);
  if (!lock) throw otherLock(name, store, locks);
  const what = lock.info
    ? line`${holderOf(lock.info)} holds it`
    : line`It is held by a damaged lock at ${lock.at}: ${lock.damage}`;
  const question = lock.info ? line`Has that run died?` : line`Is no run of it under way?`;
  if (!(await confirmed(line`${what}. ${question}`, flags.yes))) return say(line`Nothing was changed.`);
  endIfInterrupted("the lock stays");
  if (await store.releaseLocks(isMeant)) say(line`${paint.good("Released")} the lock of ${name}.`);
  else say(line`It was released meanwhile.`);
}

/** The error of a lock that is not there, with what holds the state instead. */
function otherLock(name: string, store: StateStore, [lock]: readonly FoundLock[]): CliError {
  const where = `at ${store.path}`;
  if (!lock)
    return new CliError(
      EXIT.USAGE,
      `no lock holds the state of ${name}`,
      where,
      "look again: npx groundplan state locks",
    );
  const other = lock.info
    ? `the state of ${name} is held by another lock, ${lock.info.ID}`
    : `the lock of ${name} is damaged, and has no id: ${lock.damage}`;
  return new CliError(
    EXIT.USAGE,
    other,
    where,
    "look again: npx groundplan state locks",
    `if no run is under way: ${store.releaseCommand(lock)}`,
  );
}

async function versions(name: string, { json }: StateFlags): Promise<void> {
  const stack = stackNamed(name);
  const found = await StateStore.of(stack).versions();
  if (json) {
    const versions = found.map((one) => ({ ...one, modified: one.modified.toISOString() }));
    const body = { stack: name, workspace: workspaceOf(stack), versions };
    return sayJson({ format: "groundplan.state.versions", version: 1, ...body });
  }
  for (const { id, modified, size, current } of found) {
    say(line`${id}  ${modified.toISOString()}  ${size} bytes${current ? `  ${paint.good("current")}` : ""}`);
  }
  if (found.length === 0)
    say(line`${name} has no state yet${inWorkspace(name)}, or its bucket keeps no versions.`);
}

async function show(name: string, version: string | undefined, { json, raw }: StateFlags): Promise<void> {
  const text = await StateStore.of(stackNamed(name)).read(version);
  if (text === undefined) {
    throw new CliError(
      EXIT.USAGE,
      version === undefined
        ? `${name} has no state yet${inWorkspace(name)}`
        : `no version ${version} of the state of ${name}`,
      `list them: npx groundplan state versions ${name}`,
    );
  }
  if (raw) return sayStoredJson(text);
  const summary = summarize(text);
  if (json) {
    const body = { stack: name, workspace: workspaceOf(stackNamed(name)), ...summary };
    return sayJson({ format: "groundplan.state", version: 1, ...body });
  }
  say(line`serial ${summary.serial}, lineage ${summary.lineage}, Terraform ${summary.terraform}`);
  for (const address of summary.resources) say(line`  ${address}`);
  for (const output of summary.outputs) say(line`  output.${output}`);
}

async function restoreVersion(name: string, version: string, flags: StateFlags): Promise<void> {
  const project = findProject();
  const stack = stackNamed(name);
  const result = await restore({
    project,
    stack,
    store: StateStore.of(stack),
    version,
    mask: () => maskOf(project, stack),
    confirm: ({ added, removed }) => {
      const words = [
        ...(added.length > 0 ? [line`  back in the state: ${added.join(", ")}`] : []),
        ...(removed.length > 0 ? [line`  no longer in the state: ${removed.join(", ")}`] : []),
      ];
      const lines = words.length > 0 ? words : [line`  the same resources`];
      return confirmed([...lines, line`Make ${version} the state of ${name}?`], flags.yes);
    },
  });
  if (flags.json) {
    const { version: _, before, backup, ...done } = result ?? {};
    const body = {
      restored: result !== undefined,
      stack: name,
      id: version,
      ...done,
      ...(before === undefined ? {} : { before }),
      ...(backup === undefined ? {} : { backup }),
    };
    return sayJson({ format: "groundplan.state.restore", version: 1, ...body });
  }
  if (!result) return say(line`Nothing was changed.`);
  say(line`${paint.good("Restored")} ${name}: serial ${result.before ?? "none"} → ${result.after}.`);
  if (result.backup !== undefined) say(line`  backup of the previous state: ${result.backup}`);
  say(line`  compare it with what exists: npx groundplan plan ${name}`);
}

async function maskOf(project: Project, stack: Stack): Promise<(text: string) => string> {
  const { command } = await findTerraform();
  const env = providerEnvironment(join(project.root, ".groundplan", "terraform.rc"));
  return (await maskOfStacks(project, [stack], { terraform: command, env })).scrub;
}

/** Where a state was looked for, unless it is where everybody looks. */
function inWorkspace(name: string): string {
  const workspace = workspaceOf(stackNamed(name));
  return workspace === DEFAULT_WORKSPACE ? "" : ` in workspace ${workspace}`;
}

function stackNamed(name: string): Stack {
  return stackOfName(readStacks(findProject()), name);
}
