import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Progress } from "../console/tasks";
import type { StateStack } from "../project/backend";
import { allowedAccounts, type Project } from "../project/project";
import { failureOf } from "../terraform/failure";
import { type Ended, run } from "../terraform/run";
import { callerAccount, StateAccount } from "./aws";
import { BootstrapFolder, parseState, type StateFile } from "./workspace";

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
export async function bootstrap(props: BootstrapProps): Promise<BootstrapResult> {
  const { target, progress } = props;
  const { stack, state } = target;
  progress("asking AWS what is there");
  const account = await checkAccount(target);
  const aws = new StateAccount(state);
  const [bucket, table] = await Promise.all([aws.bucket(account), aws.table()]);
  refuseForeign(target, bucket, table, account);

  const folder = new BootstrapFolder(join(props.project.root, ".groundplan", "bootstrap", stack.name));
  const terraform = (args: readonly string[]) =>
    run(props.terraform, args, { cwd: folder.path, env: props.env, onLine: progress });
  const must = async (what: string, args: readonly string[]): Promise<Ended> => {
    const ended = await terraform(args);
    if (ended.exitCode !== 0) throw failureOf(`${stack.name}: ${what}`, ended.all, folder.path);
    return ended;
  };
  const result = { stack: stack.name, account, bucket: state.bucket, table: state.table };

  folder.prepare(stack);
  if (bucket === "ours" && (await aws.hasState())) {
    await refuseLocked(aws, target);
    const left = folder.readLocalState();
    folder.useBackend("remote");
    await must("reading the state", ["init", "-input=false", "-reconfigure", "-no-color"]);
    const remote = parseState((await must("reading the state", ["state", "pull"])).stdout);
    if (left === undefined || holds(remote, left)) {
      const plan = await terraform(["plan", "-input=false", "-no-color", "-detailed-exitcode", "-lock-timeout=60s"]);
      if (plan.exitCode === 1) throw failureOf(`${stack.name}: planning`, plan.all, folder.path);
      folder.remove();
      const outcome = left ? "created" : plan.exitCode === 0 ? "unchanged" : "differs";
      return { ...result, outcome, imported: [] };
    }
  }

  const made = folder.readLocalState();
  const imported = [
    ...(bucket === "ours" ? [{ to: target.bucketAddress, id: state.bucket }] : []),
    ...(table === "ours" && target.tableAddress && state.table ? [{ to: target.tableAddress, id: state.table }] : []),
  ].filter(({ to }) => !made?.addresses.includes(to));
  folder.importExisting(imported);
  folder.keepLocalState();
  folder.useBackend("local");
  progress("making the bucket and the lock table");
  await must("initialising", ["init", "-input=false", "-reconfigure", "-no-color"]);
  await must("deploying", ["apply", "-input=false", "-no-color", "-auto-approve"]);

  progress("moving the state into the bucket");
  await refuseLocked(aws, target);
  folder.keepLocalState();
  const local = folder.readLocalState();
  folder.useBackend("remote");
  await must("moving the state", ["init", "-input=false", "-no-color", "-migrate-state", "-force-copy"]);
  const remote = parseState((await must("reading the state back", ["state", "pull"])).stdout);
  if (local && !holds(remote, local)) {
    throw new CliError(
      EXIT.FAILED,
      `${stack.name}: the state in the bucket is not the one that was moved`,
      `at s3://${state.bucket}/${state.key}`,
      `the local one is kept in ${folder.path}; run groundplan bootstrap again`,
    );
  }
  folder.remove();
  return { ...result, outcome: "created", imported: imported.map(({ to }) => to) };
}

/** Whether a state has everything that another one has, and is not older. */
function holds(remote: StateFile | undefined, local: StateFile): boolean {
  return remote !== undefined && local.addresses.every((address) => remote.addresses.includes(address));
}

async function checkAccount({ stack, state }: StateStack): Promise<string> {
  const account = await callerAccount(state.region);
  const allowed = allowedAccounts(stack);
  if (allowed.length === 0 || allowed.includes(account)) return account;
  throw new CliError(
    EXIT.HELD,
    `the credentials are of account ${account}, and stack ${stack.name} is for ${allowed.join(", ")}`,
    "sign in to that account, e.g. with AWS_PROFILE, or correct the account in platform.ts",
  );
}

function refuseForeign({ stack, state }: StateStack, bucket: string, table: string, account: string): void {
  if (bucket === "foreign") {
    throw new CliError(
      EXIT.HELD,
      `bucket ${state.bucket} belongs to another account than ${account}`,
      `at stack ${stack.name}`,
      "bucket names are one for all of AWS: choose another platform name, or sign in to the account that owns it",
    );
  }
  if (table === "foreign") {
    throw new CliError(
      EXIT.HELD,
      `table ${state.table} is there and is no lock table: its key is not LockID`,
      `at stack ${stack.name}`,
      "choose another platform name, or remove that table if nobody needs it",
    );
  }
}

async function refuseLocked(aws: StateAccount, { stack, state }: StateStack): Promise<void> {
  const lock = await aws.lock();
  if (!lock) return;
  throw new CliError(
    EXIT.HELD,
    `the state of ${stack.name} is locked by ${lock.who} since ${lock.created} (${lock.operation})`,
    `at s3://${state.bucket}/${state.key}`,
    "wait until that run has ended; if it has died, release its lock and run this again:",
    `npx groundplan bootstrap --force-unlock ${lock.id}`,
  );
}
