import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { markOf } from "../../../local/process/process-file";
import { type HoldingProxy, openHoldingProxy } from "../../holding-proxy";
import { type PlanProject, TABLE } from "./project";

/** Processes of the provider that a run of the command line shares. */
function sharedProviders(owner: number | undefined): readonly number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === owner && /terraform-provider-aws\S* -debug$/.test(command) ? [Number(pid)] : [];
  });
}

/** A process that has ended counts as gone, though nobody has waited for it yet. */
export function lives(pid: number): boolean {
  return markOf(pid) !== undefined;
}

/** Processes of Terraform that runs in the project have begun, as their folders tell. */
export function terraforms(project: PlanProject): readonly number[] {
  const parent = join(project.path, ".groundplan");
  const folders = readdirSync(parent).filter((name) => name.startsWith("work-"));
  return folders.flatMap((folder) =>
    readdirSync(join(parent, folder))
      .filter((name) => name.endsWith(".pid"))
      .map((name) => Number.parseInt(readFileSync(join(parent, folder, name), "utf8"), 10)),
  );
}

/** Waits until something is so. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = Date.now(); !(await condition()); await setTimeout(20)) {
    if (Date.now() - begun > 300_000) throw new Error("it did not come to be in five minutes");
  }
}

/** A run in the middle of a plan. */
export interface HeldPlan {
  readonly child: ChildProcess;

  /** Its exit code and signal. */
  readonly ended: Promise<readonly unknown[]>;

  /** Processes of the provider that it shares. */
  readonly providers: readonly number[];
  readonly proxy: HoldingProxy;

  /** What there is in its temporary folder. */
  left(): readonly string[];
}

/**
 * A run in the middle of a plan by shared providers, which lie in a temporary folder of their own: it holds a lock, and
 * what it asks of the parameters that stand waits until they are let go.
 */
export async function planning(project: PlanProject): Promise<HeldPlan> {
  const TMPDIR = join(project.path, "tmp");
  mkdirSync(TMPDIR, { recursive: true });
  const proxy = await openHoldingProxy(project.environment.AWS_ENDPOINT_URL ?? "", (operation) =>
    operation.startsWith("GetParameter"),
  );
  try {
    const names = ["dev-network", "dev-app", "dev-secret"];
    const child = project.start(["plan", "--no-synth", "--concurrency", "2", ...names], {
      TMPDIR,
      AWS_ENDPOINT_URL: proxy.url,
    });
    const ended = once(child, "close");
    await until(() => {
      if (child.exitCode !== null) throw new Error("the plan ended before it looked at what stands");
      return proxy.held > 0;
    });
    expect(await project.account.locks(TABLE)).not.toEqual([]);
    const providers = sharedProviders(child.pid);
    expect(providers).not.toEqual([]);
    return { child, ended, providers, proxy, left: () => readdirSync(TMPDIR) };
  } catch (error) {
    proxy.close();
    throw error;
  }
}
