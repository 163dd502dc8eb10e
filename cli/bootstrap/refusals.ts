import { callerAccount } from "../aws/caller";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { StateStack } from "../project/backend";
import { allowedAccounts } from "../project/project";
import { DEFAULT_WORKSPACE } from "../project/workspace";
import { stateRegion } from "../state/clients";
import { holderOf, releaseCommand } from "../state/lock-info";
import { StateLock } from "../state/state-lock";
import type { Presence, StateAccount } from "./state-account";
import type { BootstrapFolder, StateFile } from "./workspace";

/**
 * A local state that an interruption left behind, beside the one in the bucket.
 *
 * Terraform gives the state that it moves a new lineage, so that what they hold tells which is which.
 *
 * @throws CliError when the local one knows of something that the one in the bucket does not.
 */
export function refuseOther(
  { stack, state }: StateStack,
  folder: BootstrapFolder,
  remote: StateFile | undefined,
  local: StateFile,
): void {
  const lost = local.addresses.filter((address) => !remote?.addresses.includes(address));
  if (lost.length === 0) return;
  throw new CliError(
    EXIT.HELD,
    `${stack.name}: a state is in the bucket already, without ${lost.join(", ")}, which this bootstrap made`,
    `at s3://${state.bucket}/${state.key}, and ${folder.localState}`,
    "nothing was changed. If the state in the bucket is right, move that file away; if the file is, move it with terraform state push",
  );
}

/** @returns the account of the credentials. @throws CliError when the stack is for another. */
export async function checkAccount({ stack, state }: StateStack, aws: StateAccount): Promise<string> {
  const account = state.access.role ? await aws.account() : await callerAccount(await stateRegion(state));
  const allowed = allowedAccounts(stack);
  if (allowed.length === 0 || allowed.includes(account)) return account;
  throw new CliError(
    EXIT.HELD,
    `the credentials are of account ${account}, and stack ${stack.name} is for ${allowed.join(", ")}`,
    "sign in to that account, e.g. with AWS_PROFILE, or correct the account in platform.ts",
  );
}

/** @throws CliError in another workspace than the default: its state would lie at another key than the next reader's. */
export function refuseWorkspace({ stack, state }: StateStack): void {
  if (state.workspace === DEFAULT_WORKSPACE) return;
  throw new CliError(
    EXIT.USAGE,
    `bootstrap makes the bucket of the states in the workspace ${DEFAULT_WORKSPACE}, and this is ${state.workspace}`,
    `at stack ${stack.name}`,
    process.env.TF_WORKSPACE
      ? "unset TF_WORKSPACE"
      : `select it: terraform -chdir=${stack.folder} workspace select ${DEFAULT_WORKSPACE}`,
  );
}

/** @throws CliError when a bucket is not ours. */
export function refuseForeignBucket(
  { stack, state }: StateStack,
  name: string,
  bucket: Presence,
  account: string,
): void {
  if (bucket !== "foreign") return;
  throw new CliError(
    EXIT.HELD,
    `bucket ${name} is not account ${account}'s, or not in ${state.region ?? "its profile's Region"}, or these credentials may not see it`,
    `at stack ${stack.name}`,
    "bucket names are unique in all of AWS: choose another platform name, or sign in to the account that owns it",
  );
}

/** @throws CliError when the table is there for something else. */
export function refuseForeignTable({ stack, state }: StateStack, table: Presence): void {
  if (table === "foreign") {
    throw new CliError(
      EXIT.HELD,
      `table ${state.table} exists and is not a lock table: its key is not LockID`,
      `at stack ${stack.name}`,
      "choose another platform name, or remove that table if it is not needed",
    );
  }
}

/** @throws CliError when somebody holds the lock of the state. */
export async function refuseLocked({ stack, state }: StateStack): Promise<void> {
  const [lock] = await new StateLock(state).findIfThere();
  if (!lock) return;
  const where = `s3://${state.bucket}/${state.key}`;
  if (lock.damage !== undefined) {
    throw new CliError(
      EXIT.HELD,
      `the state of ${stack.name} is locked, and its lock is damaged: ${lock.damage}`,
      `at ${where}`,
      "when no run is under way, release it and run this again:",
      releaseCommand(stack.name, lock),
    );
  }
  throw new CliError(
    EXIT.HELD,
    `the state of ${stack.name} is locked by ${holderOf(lock.info)}`,
    `at ${where}`,
    "wait until that run has ended; if it has died, release its lock and run this again:",
    `npx groundplan bootstrap --force-unlock ${lock.info.ID}`,
  );
}

/** @throws CliError when a state was in the bucket and is gone: making a new one would bury it. */
export async function refuseLost(aws: StateAccount, { stack, state }: StateStack): Promise<void> {
  if (!(await aws.knowsState())) return;
  throw new CliError(
    EXIT.FAILED,
    `the state of ${stack.name} was in the bucket and is gone`,
    `at s3://${state.bucket}/${state.key}; table ${state.table} still has its checksum`,
    "take back its last version in S3: aws s3api list-object-versions, then delete the newest delete marker",
    `to start anew from what exists instead, delete the item ${state.bucket}/${state.key}-md5 from the table`,
  );
}
