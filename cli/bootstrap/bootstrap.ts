import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { maskOfStacks, type StacksMask } from "../plan/stack-secrets";
import { folderOf } from "../process/own-folder";
import { type Ended, plain, run, runLogged } from "../process/run";
import { Turn } from "../process/turn";
import type { Progress } from "../progress/tasks";
import type { StateStack } from "../project/backend";
import type { Project, Stack } from "../project/project";
import { failureOf } from "../terraform/failure";
import { type Import, otherBuckets, type StackBucket } from "./existing";
import {
  checkAccount,
  refuseForeignBucket,
  refuseForeignTable,
  refuseLocked,
  refuseLost,
  refuseOther,
  refuseWorkspace,
} from "./refusals";
import { type Presence, StateAccount } from "./state-account";
import { BootstrapFolder, LOCAL_STATE, parseState, type StateFile } from "./workspace";

/** What a bootstrap has done. */
export interface BootstrapResult {
  readonly stack: string;
  readonly account: string;
  readonly bucket: string;
  readonly table: string | undefined;

  /** `created`: made or taken over now; `unchanged`: it stood; `differs`: it stands, and the stack says something else. */
  readonly outcome: "created" | "unchanged" | "differs";

  /** Addresses that were there already and were taken over. */
  readonly imported: readonly string[];
}

/** Properties of {@link bootstrap}. */
export interface BootstrapProps {
  readonly project: Project;
  readonly target: StateStack;

  /** Terraform's command. */
  readonly terraform: string;

  /** Variables for Terraform. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
}

/**
 * Makes the bucket and the lock table in which all state is kept, and moves their own state into them.
 *
 * Where it stands is read from what is there (the state in the bucket, the local state, the bucket, the
 * table), never from a note of its own. So it goes on after an interruption at any point, and changes
 * nothing when all is done.
 *
 * @throws CliError when the account is another, the bucket or the table is somebody else's, or the state is locked.
 */
export function bootstrap(props: BootstrapProps): Promise<BootstrapResult> {
  const { project, target } = props;
  const { name } = target.stack;
  // Two runs in one folder would write over each other's local state.
  return Turn.during(project.root, `bootstrap-${folderOf(name)}`, `bootstraps ${name} here`, () =>
    makeState(props),
  );
}

async function makeState(props: BootstrapProps): Promise<BootstrapResult> {
  const { target, progress } = props;
  const { stack, state } = target;
  refuseWorkspace(target);
  progress("asking AWS what is there");
  const aws = new StateAccount(state);
  const account = await checkAccount(target, aws);
  const [bucket, table] = await Promise.all([aws.bucket(account), aws.table()]);
  refuseForeignBucket(target, state.bucket, bucket, account);
  refuseForeignTable(target, table);
  const others = await standing(aws, target, account);

  const folder = new BootstrapFolder(join(props.project.root, ".groundplan", "bootstrap", stack.name));
  await folder.untilFree((pid) =>
    progress(`waiting for the Terraform of an interrupted run (process ${pid})`),
  );
  const terraform = terraformIn(
    folder,
    props,
    await maskOfStacks(props.project, [stack], { terraform: props.terraform, env: props.env }),
  );
  const result = { stack: stack.name, account, bucket: state.bucket, table: state.table };
  folder.prepare(stack);
  if (bucket === "ours") await refuseLocked(target);

  if (bucket === "ours" && (await aws.hasState())) {
    const left = folder.readLocalState();
    // A lock table that is not there yet cannot lock the run that makes it.
    const tableMissing = state.table !== undefined && table === "absent";
    folder.useBackend(tableMissing ? { s3: withoutTable(stack) } : "remote");
    await terraform("reading the state", ["init", "-input=false", "-reconfigure", "-no-color"]);
    const remote = await pull(terraform);
    if (left) refuseOther(target, folder, remote, left);
    const missing = (await existing(aws, target, bucket, table, others)).filter(
      ({ to }) => !remote?.addresses.includes(to),
    );
    if (tableMissing || missing.length > 0) {
      progress("making and taking over what the state lacks");
      folder.importExisting(missing);
      // Only that: other differences are for a deploy, which shows them first.
      const addresses = [
        ...(tableMissing ? [target.tableAddress ?? ""] : []),
        ...missing.map(({ to }) => to),
      ];
      const targets = addresses.filter((address) => address !== "").map((address) => `-target=${address}`);
      await terraform("deploying", ["apply", "-input=false", "-no-color", "-auto-approve", ...targets]);
      folder.remove();
      return { ...result, outcome: "created", imported: missing.map(({ to }) => to) };
    }
    // Nothing is written, so no lock is taken that an interruption could leave behind.
    const plan = ["plan", "-input=false", "-no-color", "-detailed-exitcode", "-lock=false"];
    const { exitCode } = await terraform("planning", plan, [0, 2]);
    folder.remove();
    return { ...result, outcome: left ? "created" : exitCode === 0 ? "unchanged" : "differs", imported: [] };
  }

  if (table === "ours") await refuseLost(aws, target);
  const made = folder.readLocalState();
  const imported = (await existing(aws, target, bucket, table, others)).filter(
    ({ to }) => !made?.addresses.includes(to),
  );
  folder.importExisting(imported);
  folder.useBackend({ local: { path: LOCAL_STATE } });
  progress("making the bucket and the lock table");
  await terraform("initialising", ["init", "-input=false", "-reconfigure", "-no-color"]);
  // What an interruption left half made is mended in place: a bucket is not to be destroyed for a missing tag.
  for (const address of made?.tainted ?? []) await terraform("keeping what is there", ["untaint", address]);
  await terraform("deploying", ["apply", "-input=false", "-no-color", "-auto-approve", "-lock-timeout=60s"]);

  progress("moving the state into the bucket");
  await refuseLocked(target);
  const local = folder.readLocalState();
  folder.importExisting([]);
  folder.useBackend("remote");
  await terraform("initialising", ["init", "-input=false", "-reconfigure", "-no-color"]);
  // Unlike `init -migrate-state -force-copy`, a push refuses to write over a state that is not this one.
  await terraform("moving the state", ["state", "push", LOCAL_STATE]);
  const remote = await pull(terraform);
  if (local && remote?.content !== local.content) {
    throw new CliError(
      EXIT.FAILED,
      `${stack.name}: the state in the bucket does not hold what was moved there`,
      `at s3://${state.bucket}/${state.key}`,
      `the local one is kept: ${folder.localState}`,
    );
  }
  folder.remove();
  return { ...result, outcome: "created", imported: imported.map(({ to }) => to) };
}

/** The stack's other buckets that stand, e.g. that of the artifacts. @throws CliError when one is somebody else's. */
async function standing(
  aws: StateAccount,
  target: StateStack,
  account: string,
): Promise<readonly StackBucket[]> {
  const found: StackBucket[] = [];
  for (const one of otherBuckets(target)) {
    const presence = await aws.bucket(account, one.name);
    refuseForeignBucket(target, one.name, presence, account);
    if (presence === "ours") found.push(one);
  }
  return found;
}

/** Everything of the stack that stands in AWS, in a state or not. */
async function existing(
  aws: StateAccount,
  target: StateStack,
  bucket: Presence,
  table: Presence,
  others: readonly StackBucket[],
): Promise<readonly Import[]> {
  const { stack, state, bucketAddress, tableAddress } = target;
  const own = { name: state.bucket, address: bucketAddress };
  const buckets = bucket === "ours" ? [own, ...others] : others;
  const imports = buckets.map(async (one) => [
    { to: one.address, id: one.name },
    ...(await aws.settings(stack, one)),
  ]);
  return [
    ...(await Promise.all(imports)).flat(),
    ...(table === "ours" && tableAddress && state.table ? [{ to: tableAddress, id: state.table }] : []),
  ];
}

/** Runs Terraform in the bootstrap's folder; an exit code that is not one of `good` is an error. */
type Terraform = (what: string, args: readonly string[], good?: readonly number[]) => Promise<Ended>;

function terraformIn(
  folder: BootstrapFolder,
  { target, terraform, env, progress }: BootstrapProps,
  mask: StacksMask,
): Terraform {
  const release = (id: string) => `npx groundplan bootstrap --force-unlock ${id}`;
  return async (what, args, good = [0]) => {
    const place = { cwd: folder.path, env };
    // What is printed as data is read; everything else goes to a file, so that Terraform outlives this process.
    const ended =
      args[1] === "pull"
        ? await run(terraform, args, place)
        : await runLogged(terraform, args, {
            ...place,
            log: folder.log,
            live: { progress, mask: mask.scrubUnfinished },
            note: folder.note,
          });
    if (!good.includes(ended.exitCode)) {
      folder.keepLog(mask.scrub(plain(ended.all)));
      throw failureOf(`${target.stack.name}: ${what}`, ended.all, folder.path, { mask: mask.scrub, release });
    }
    return ended;
  };
}

async function pull(terraform: Terraform): Promise<StateFile | undefined> {
  return parseState((await terraform("reading the state", ["state", "pull"])).stdout);
}

/** The stack's backend without its lock table: S3's own lock file stands in. */
function withoutTable(stack: Stack): Readonly<Record<string, unknown>> {
  const { dynamodb_table: _, ...s3 } = stack.json.terraform?.backend?.s3 ?? {};
  return { ...s3, use_lockfile: true };
}
