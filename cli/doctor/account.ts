import { callerAccount } from "../aws/caller";
import { StateAccount } from "../bootstrap/state-account";
import { CliError } from "../console/errors";
import { type S3State, s3State, stateStacks } from "../project/backend";
import { allowedAccounts, regionOf, type Stack } from "../project/project";
import { hasOwnIdentity, stateRegion } from "../state/clients";
import { fullAddress } from "../terraform/lock/requirements";
import { checkOtherBackends } from "./backends";
import { type Finding, fail, failed, ok, warn } from "./finding";

/** Whose credentials are in use; the account is missing from the answer when there are none that work. */
export async function checkCredentials(
  stacks: readonly Stack[],
): Promise<{ readonly finding: Finding; readonly account?: string }> {
  const check = "Credentials";
  // Nobody is asked for what nothing needs.
  if (stacks.length > 0 && !stacks.some(usesAws))
    return { finding: ok(check, "not needed: no stack is of AWS") };
  try {
    const account = await callerAccount(regionFor(stacks));
    const wanted = [...new Set(stacks.flatMap(allowedAccounts))].sort();
    const endpoint = process.env.AWS_ENDPOINT_URL;
    const found = `account ${account}${endpoint ? ` at ${endpoint}` : ""}`;
    if (wanted.length === 0 || wanted.includes(account)) return { finding: ok(check, found), account };
    const finding = warn(
      check,
      `${found}, and the stacks are for ${wanted.join(", ")}`,
      "sign in to one of those accounts, e.g. with AWS_PROFILE",
    );
    return { finding, account };
  } catch (error) {
    const finding = failed(check, error);
    return { finding: stacks.length > 0 ? finding : unneeded(finding) };
  }
}

/** Before a synth nobody knows whether a stack is of AWS: without credentials nothing is wrong yet. */
function unneeded(finding: Finding): Finding {
  const found = `${finding.found}; whether a stack needs them is known after a synth`;
  return { ...finding, level: "warn", found };
}

/** Every bucket and table in which a stack keeps or locks its state. */
export async function checkBackends(
  stacks: readonly Stack[],
  account: string | undefined,
): Promise<readonly Finding[]> {
  const check = "Backend";
  const states = distinct(
    stacks.flatMap((stack) => {
      const state = s3State(stack);
      return state === undefined ? [] : [{ state, accounts: accountsOf(stack, state) }];
    }),
  );
  const others = checkOtherBackends(stacks);
  if (states.length === 0) return others;
  if (account === undefined) return [...others, warn(check, "not checked: no credentials", "sign in first")];
  const makers = stateStacks(stacks).map(({ state }) => state.bucket);
  const found = await Promise.all(
    states.map(({ state, accounts }) =>
      checkBackend(state, account, accounts, makers.includes(state.bucket)),
    ),
  );
  return [...found, ...others];
}

function usesAws({ json }: Stack): boolean {
  const sources = Object.entries(json.terraform?.required_providers ?? {});
  return (
    json.terraform?.backend?.s3 !== undefined ||
    json.provider?.aws !== undefined ||
    sources.some(([name, { source = name }]) => fullAddress(source).endsWith("/hashicorp/aws"))
  );
}

/** A state, and the accounts of which the credentials for it have to be; empty when any will do. */
interface OwnedState {
  readonly state: S3State;
  readonly accounts: readonly string[];
}

function accountsOf(stack: Stack, { access }: S3State): readonly string[] {
  return access.allowed.length > 0 ? access.allowed : allowedAccounts(stack);
}

/** @param isMade - by a stack of the app: `bootstrap` is for that one alone. */
async function checkBackend(
  state: S3State,
  caller: string,
  accounts: readonly string[],
  isMade: boolean,
): Promise<Finding> {
  const check = "Backend";
  if (accounts.length > 0 && !accounts.includes(caller) && !hasOwnIdentity(state)) {
    return warn(
      check,
      `bucket ${state.bucket} is for account ${accounts.join(" or ")}, and the credentials are of ${caller}: not checked`,
      "check it with credentials of that account, e.g. AWS_PROFILE=… npx groundplan doctor",
    );
  }
  const make = (command: string) =>
    isMade ? "make it: npx groundplan bootstrap" : `no stack makes it; make it once: ${command}`;
  try {
    const aws = new StateAccount(state);
    const account = hasOwnIdentity(state) ? await aws.account() : caller;
    const bucket = await aws.bucket(account);
    if (bucket === "absent") {
      const region = await stateRegion(state);
      return fail(
        check,
        `bucket ${state.bucket} does not exist`,
        make(`aws s3 mb s3://${state.bucket} --region ${region}`),
      );
    }
    if (bucket === "foreign") {
      return fail(
        check,
        `bucket ${state.bucket} is not account ${account}'s, or in another Region than ${await stateRegion(state)}`,
        "sign in to the account that owns it, or choose another name",
      );
    }
    if (state.table !== undefined) {
      const table = await aws.table();
      if (table === "absent")
        return fail(check, `lock table ${state.table} does not exist`, make(makeTable(state.table)));
      if (table === "foreign")
        return fail(
          check,
          `table ${state.table} is not a lock table: its key is not LockID`,
          "choose another name",
        );
    }
    const locks = [
      ...(state.table === undefined ? [] : [`table ${state.table}`]),
      ...(state.lockFile ? ["S3 lock file"] : []),
    ];
    if (locks.length === 0) {
      return warn(
        check,
        `bucket ${state.bucket} has no lock: two writers can lose each other's state`,
        "set use_lockfile or dynamodb_table in the backend",
      );
    }
    const found = `bucket ${state.bucket}, locked by ${locks.join(" and ")}`;
    if (!(await aws.versioned()))
      return warn(
        check,
        `${found}: versioning is off`,
        `turn it on, so that a broken state can be restored: ${isMade ? "npx groundplan bootstrap" : versioning(state.bucket)}`,
      );
    return ok(check, found);
  } catch (error) {
    if (error instanceof CliError) return failed(check, error);
    throw error;
  }
}

function makeTable(name: string): string {
  return `aws dynamodb create-table --table-name ${name} --billing-mode PAY_PER_REQUEST --key-schema AttributeName=LockID,KeyType=HASH --attribute-definitions AttributeName=LockID,AttributeType=S`;
}

function versioning(bucket: string): string {
  return `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`;
}

/** One of each bucket, Region, identity and way of locking. */
function distinct(states: readonly OwnedState[]): readonly OwnedState[] {
  const byPlace = new Map(states.map((one) => [JSON.stringify({ ...one.state, key: undefined }), one]));
  return [...byPlace.values()];
}

function regionFor(stacks: readonly Stack[]): string {
  const ofStacks = stacks.map((stack) => regionOf(stack)).find((region) => region !== undefined);
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || ofStacks || "us-east-1";
}
