import { uptime } from "node:os";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { gitHub, onGitHub } from "../github/client";
import { accessOf } from "../project/backend-access";
import { DEFAULT_WORKSPACE } from "../project/workspace";
import type { LockInfo } from "../state/lock-info";
import { StateLock } from "../state/state-lock";
import { machineOf, thisMachine } from "./hold";
import type { Run } from "./metadata";
import type { PreviewPlatform } from "./platform";

/**
 * A machine that dies leaves Terraform's lock behind, and every later run would wait for it in vain. It is released when its
 * holder is over for certain. A run that has said nothing for long is no proof: its Terraform may still go on.
 */

/** What is known of who holds a lock. */
export interface HolderFacts {
  /** Run that held the preview, as its metadata says. */
  readonly run: Run;

  /** Whether GitHub says that its workflow run has ended: its machine is gone. */
  readonly hasEnded: boolean;

  /** Hash of this machine's name, and when it was started, in milliseconds. */
  readonly machine: string;
  readonly bootedAt: number;
}

/** Whether the holder of a lock is over for certain: it is that run's, and its machine is gone or was started since. */
export function isOver(
  { Who, Created }: LockInfo,
  { run, hasEnded, machine, bootedAt }: HolderFacts,
): boolean {
  const created = Date.parse(Created);
  const host = Who.slice(Who.lastIndexOf("@") + 1);
  const holder = run.process?.machine;
  if (Number.isNaN(created) || host === "" || holder !== machineOf(host)) return false;
  if (holder === machine && created < bootedAt) return true;
  return hasEnded && created >= Date.parse(run.startedAt);
}

/** Properties of {@link releaseDeadLock}. */
export interface DeadLockProps {
  readonly platform: PreviewPlatform;
  readonly name: string;

  /** Run that held the preview before this one. @default - none: nothing is released */
  readonly run: Run | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Releases the lock that a run has left behind whose machine is gone. @returns whether there was one. */
export async function releaseDeadLock({ platform, name, run, env }: DeadLockProps): Promise<boolean> {
  if (!run) return false;
  const { bucket, region } = platform.bucket;
  const table = platform.setting("lock-table");
  const lock = new StateLock({
    bucket,
    region,
    table,
    key: `environments/${name}/terraform.tfstate`,
    workspace: DEFAULT_WORKSPACE,
    lockFile: table === undefined,
    access: accessOf({}, platform.checkout),
  });
  const [found] = await lock.findIfThere();
  if (!found?.info) return false;
  const facts = { run, machine: thisMachine(), bootedAt: Date.now() - uptime() * 1000 };
  if (!isOver(found.info, { ...facts, hasEnded: await hasEnded(run, env) })) return false;
  return found.release();
}

/** Whether the workflow run of a run has ended, as GitHub says; false where it does not say. */
async function hasEnded({ url = "" }: Run, env: NodeJS.ProcessEnv): Promise<boolean> {
  const [, server, repository, id] =
    /^(https?:\/\/[^/]+)\/([\w.-]+\/[\w.-]+)\/actions\/runs\/(\d+)$/.exec(url) ?? [];
  if (id === undefined || !env.GITHUB_TOKEN || server !== env.GITHUB_SERVER_URL) return false;
  try {
    const { client, owner, repo } = gitHub(repository, env);
    const { data } = await onGitHub(`run ${id}`, () =>
      client.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { owner, repo, run_id: Number(id) }),
    );
    return data.status === "completed";
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode === EXIT.INTERRUPTED) throw error;
    return false;
  }
}
