import { type Command, InvalidArgumentError } from "commander";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayAside, sayJson, sayProblem } from "../../console/output";
import { type GitHub, gitHub } from "../../github/client";
import { runEvent } from "../../github/event";
import { destroyPreview } from "../../preview/destroy";
import { isAlive } from "../../preview/hold";
import type { Metadata } from "../../preview/metadata";
import { PreviewPlatform } from "../../preview/platform";
import { keepOrphanIssue, openPulls, warnPull } from "../../preview/pulls";
import { taggedResources } from "../../preview/receipt";
import { requestsOf } from "../../preview/requests";
import { putToSleep, runningDatabases, stopDatabase, wakeUp } from "../../preview/sleep";
import { PreviewStore, type Stored } from "../../preview/store";
import { type Finding, ownInstance, type SweepFacts, spare, sweep, warned } from "../../preview/sweep";
import { endIfInterrupted } from "../../process/interrupts";
import { WorkFolder } from "../../process/work-folder";
import { findProject } from "../../project/project";
import { examples } from "./options";

interface Flags {
  readonly dryRun?: boolean;
  readonly most: number;
  readonly repository?: string;
  readonly author: string;
  readonly json?: boolean;
}

/** What became of a finding. */
interface Done {
  readonly finding: Finding;
  readonly outcome?: string;
  readonly failed?: boolean;
}

/** Adds `groundplan preview gc`. */
export function addGc(preview: Command): void {
  preview
    .command("gc")
    .summary("sweep: destroy what is over, finish what hangs, say what is orphaned")
    .description(
      "Looks at all previews once. It destroys those whose time is over or whose pull request is closed, and begins a destroy anew that failed, died or hangs since two hours; it warns on the pull request a day before, and lets sleep what is idle or outside of its hours. What has the tags of a preview and no metadata it names in one issue, and destroys nothing of it. With GITHUB_TOKEN it asks GitHub.",
    )
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--most <number>", "previews that are destroyed at most", number, 50)
    .option("--repository <owner/name>", "repository of the issue (default: GITHUB_REPOSITORY)")
    .option("--author <login>", "login of the token's owner", "github-actions[bot]")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", examples("gc --dry-run", "gc --json"))
    .action(run);
}

function number(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 10_000) return value;
  throw new InvalidArgumentError("use a whole number from 0 to 10000");
}

async function run(flags: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const store = new PreviewStore(platform.bucket);
  const { region } = platform.bucket;
  const [previews, tagged] = await Promise.all([store.all(), taggedResources(region)]);
  const clients = new GitHubs(process.env);
  const open = await clients.openPulls(previews);
  const now = Date.now();
  const known = previews.flatMap((one) => ("metadata" in one ? [one.metadata] : []));
  const requests = known.some(({ sleep }) => sleep?.idle !== undefined)
    ? await requestsOf(known, (await platform.shared()).loadBalancer.arn ?? "", region, now)
    : new Map<string, number>();
  const sleeps = known.some((one) => one.status === "asleep" && ownInstance(one) !== undefined);
  const running = sleeps ? await runningDatabases(region) : new Set<string>();
  const facts: SweepFacts = { previews, tagged, open, requests, running, now, isAlive };
  const stored = new Map(previews.map((one) => [one.name, one]));
  const findings = sweep(facts);
  const done: Done[] = [];
  let destroyed = 0;
  for (const finding of findings) {
    endIfInterrupted("the next sweep goes on");
    if (finding.action === "destroy") destroyed += 1;
    if (flags.dryRun || (finding.action === "destroy" && destroyed > flags.most)) done.push({ finding });
    else {
      const tools = { platform, store, stored, clients, facts, quiet: flags.json ?? false };
      done.push(await carryOut(finding, tools));
    }
  }
  if (!flags.dryRun)
    await clients.keepIssue(
      flags,
      findings.filter(({ action }) => action === "orphan" || action === "damaged"),
    );
  tell(done, previews.length, flags);
  if (done.some(({ failed }) => failed)) process.exitCode = EXIT.FAILED;
}

interface Tools {
  readonly platform: PreviewPlatform;
  readonly store: PreviewStore;

  /** What the list has read, by name: a warning is written without a second look. */
  readonly stored: ReadonlyMap<string, Stored>;
  readonly clients: GitHubs;
  readonly facts: SweepFacts;
  readonly quiet: boolean;
}

/** Does what a finding asks for. What fails is said, and the sweep goes on. */
async function carryOut(finding: Finding, tools: Tools): Promise<Done> {
  const { platform, store, stored, facts, quiet } = tools;
  const { name, action, reason, metadata } = finding;
  try {
    if (action === "forget") {
      await store.remove(name, stored.get(name));
      return { finding, outcome: "its metadata is gone" };
    }
    if (action === "warn" && metadata) {
      await warn(metadata, tools);
      return { finding, outcome: "warned" };
    }
    if (action === "sleep" || action === "wake") {
      const act = action === "sleep" ? putToSleep : wakeUp;
      const { region } = platform.bucket;
      await act({
        store,
        name,
        env: process.env,
        region,
        progress: () => undefined,
        reason: `sweep: ${reason}`,
      });
      return { finding, outcome: action === "sleep" ? "asleep" : "awake" };
    }
    if (action === "stop" && metadata) {
      // Whoever wakes it meanwhile waits until it is stopped, and starts it.
      await stopDatabase(ownInstance(metadata) ?? "", platform.bucket.region);
      return { finding, outcome: "its database is stopped" };
    }
    if (action === "destroy") {
      const receipt = await WorkFolder.during(findProject(platform.checkout), (work) =>
        destroyPreview({
          platform,
          store,
          name,
          env: process.env,
          work,
          reason: `sweep: ${reason}`,
          allow: (found) => spare(finding, found, { ...facts, now: Date.now() }),
          quiet,
        }),
      );
      const { length: left } = receipt.left;
      return {
        finding,
        outcome: left === 0 ? "destroyed" : `destroyed; AWS still lists ${left}`,
        failed: left > 0,
      };
    }
    return { finding };
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode === EXIT.INTERRUPTED) throw error;
    // What another run holds, or somebody has extended meanwhile, is none of the sweep's failures.
    const failed = error.exitCode !== EXIT.HELD;
    return { finding, outcome: error.message.split("\n")[0] ?? "failed", failed };
  }
}

/** Warns once: it is noted first, for a comment that is missing is better than one each hour. */
async function warn(
  { name, expiresAt, repository, pullRequest }: Metadata,
  { store, stored, clients }: Pick<Tools, "store" | "stored" | "clients">,
): Promise<void> {
  await store.change(name, (found) => warned(found, name, Date.now()), stored.get(name));
  const github = clients.of(repository);
  if (github && pullRequest !== undefined) await warnPull(github, { name, expiresAt, pullRequest });
}

/** The repositories of previews, where a token lets them be asked. */
class GitHubs {
  private readonly known = new Map<string, GitHub>();

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** Undefined without a token. */
  of(repository: string | undefined): GitHub | undefined {
    if (repository === undefined || !this.env.GITHUB_TOKEN) return undefined;
    const found = this.known.get(repository) ?? gitHub(repository, this.env);
    this.known.set(repository, found);
    return found;
  }

  /** Open pull requests of each repository that has previews; one that GitHub does not show is left out. */
  async openPulls(
    previews: readonly Stored[],
  ): Promise<ReadonlyMap<string, { readonly pulls: ReadonlySet<number> }>> {
    const repositories = new Set(
      previews.flatMap((one) =>
        "metadata" in one && one.metadata.pullRequest !== undefined ? [one.metadata.repository] : [],
      ),
    );
    const open = new Map<string, { readonly pulls: ReadonlySet<number> }>();
    for (const repository of repositories) {
      const github = this.of(repository);
      if (!github || repository === undefined) continue;
      try {
        open.set(repository, { pulls: await openPulls(github) });
      } catch (error) {
        if (!(error instanceof CliError) || error.exitCode === EXIT.INTERRUPTED) throw error;
        sayProblem(line`${paint.warning(repository)}: `, error.message);
      }
    }
    return open;
  }

  /** Keeps the issue of orphans. */
  async keepIssue({ repository, author }: Flags, findings: readonly Finding[]): Promise<void> {
    const github = this.of(repository ?? (this.env.GITHUB_REPOSITORY || undefined));
    if (!github) return;
    const run = runEvent(this.env)?.run ?? { number: 0, attempt: 1 };
    const url = await keepOrphanIssue(github, findings, { run, author });
    if (url !== undefined) sayAside(line`orphans: ${url}`);
  }
}

function tell(done: readonly Done[], looked: number, { dryRun = false, json }: Flags): void {
  if (json) {
    const findings = done.map(({ finding: { name, action, reason, arns }, outcome }) => ({
      name,
      action,
      reason,
      ...(outcome === undefined ? {} : { outcome }),
      ...(arns === undefined ? {} : { arns: [...arns] }),
    }));
    sayJson({ format: "groundplan.preview.gc", version: 1, looked, dryRun, findings });
    return;
  }
  for (const { finding, outcome, failed } of done) {
    const what = outcome === undefined ? (dryRun ? `would ${finding.action}` : finding.action) : outcome;
    say(line`${failed ? paint.bad(finding.name) : paint.strong(finding.name)}: ${finding.reason}: ${what}`);
  }
  say(line`${paint.good("Looked")} at ${looked} previews, ${done.length} findings.`);
}
