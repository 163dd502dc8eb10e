import type { Command } from "commander";
import type { Artifact } from "../artifact/index-object";
import { LAMBDA } from "../artifact/lambda/kind";
import { shortCommit, table } from "../artifact/overview";
import { type Pruned, prune } from "../artifact/prune";
import { type IdleVersion, type PrunePlan, prunePlan } from "../artifact/prune-plan";
import { DAY, KEEP, type Retention } from "../artifact/retention";
import { serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { megabytes } from "../console/words";
import { runSteps } from "../progress/tasks";
import { findProject } from "../project/project";
import { examples } from "./artifact-examples";
import { refuseOptions, withGit } from "./artifact-image-options";
import type { PruneFlags } from "./artifact-image-prune";
import { confirmed } from "./confirm";

interface Flags extends PruneFlags {
  readonly service?: string;
}

/** Adds `groundplan artifact prune`. */
export function addPrune(artifact: Command): void {
  withGit(
    artifact
      .command("prune")
      .argument(
        "[environments...]",
        "environments whose functions lose old versions (default: all, and the artifacts); of images, one",
      )
      .summary("remove old versions of functions, and artifacts that no environment needs")
      .description(
        "Removes published versions of the function that no alias leads to, and artifacts that no environment is pinned to or may go back to, beyond the newest. With environments named, only the versions of these. Of an image, one environment's: what neither a commit, nor its cluster, nor a function needs; where one of these cannot be read, nothing is removed.",
      )
      .option("--service <name>", "the service, if there are several")
      .option(
        "--keep <number>",
        "versions, artifacts and rollback targets of each environment to keep",
        whole,
        KEEP,
      )
      .option("--older-than <days>", "only what is older, e.g. 30d", days)
      .option("--dry-run", "show what would be removed, and remove nothing")
      .option("-y, --yes", "do not ask")
      .option("--skip-synth", "use the stacks as they were last synthesized")
      .option("--json", "print what was removed as JSON")
      .option("--kubeconfig <file>", "image: kubeconfig (default: KUBECONFIG, or ~/.kube/config)")
      .option("--context <name>", "image: context of the environment's cluster (default: the current one)")
      .addHelpText(
        "after",
        examples(
          "prune --dry-run",
          "prune --keep 5 --older-than 30d",
          "prune dev staging --yes",
          "prune dev --service app",
        ),
      )
      .action(run),
  );
}

function whole(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CliError(
    EXIT.USAGE,
    `--keep ${text}: at least one has to be kept`,
    "write a whole number of 1 to 9999",
  );
}

function days(text: string): number {
  const [, number] = /^([1-9]\d{0,3})d?$/.exec(text) ?? [];
  if (number !== undefined) return Number(number);
  throw new CliError(EXIT.USAGE, `--older-than ${text} is not a number of days`, "write 1 to 9999, e.g. 30d");
}

async function run(names: readonly string[], flags: Flags): Promise<void> {
  const service = serviceNamed(findProject(), flags.service);
  if (service.kind === "image")
    return (await import("./artifact-image-prune.js")).pruneImagesCommand(service, names, flags);
  refuseOptions("lambda", flags);
  const { json = false, dryRun = false, keep, olderThan } = flags;
  const now = new Date();
  const session = await Session.begin(LAMBDA, service.name, !flags.skipSynth);
  const retention: Retention = {
    keep,
    ...(olderThan === undefined ? {} : { before: new Date(now.getTime() - olderThan * DAY) }),
  };
  const scope = { session, retention, ...(names.length === 0 ? {} : { environments: names }) };
  const { name } = session.service;
  const plan = await prunePlan(scope, now);
  const { versions, artifacts, returned } = plan;
  const count = versions.length + artifacts.length;
  if (!json) show(session, plan, keep);
  if (dryRun || count + returned.length === 0)
    return json ? sayJson(described(name, { versions, artifacts, kept: [] }, dryRun)) : undefined;
  if (count > 0 && !(await confirmed(line`Remove ${sum(plan)}? This cannot be taken back.`, flags.yes)))
    return json
      ? sayJson(described(name, { versions: [], artifacts: [], kept: [] }, false))
      : say(line`Nothing was changed.`);
  let done: Pruned | undefined;
  const step = {
    title: `Prune ${session.service.name}`,
    run: async (_: object, progress: (line: string) => void) => {
      done = await prune({ ...scope, progress, now }, plan);
      return sum(done);
    },
  };
  await runSteps([step], {}, json);
  if (!done) return;
  if (json) return sayJson(described(name, done, false));
  for (const { sha256 } of returned)
    say(line`Can be pinned again: ${sha256.slice(0, 12)}, which an earlier run had taken out.`);
  for (const one of done.kept) say(line`${paint.warning("Kept after all:")} ${one}`);
}

/** What it would remove, the largest question first: how much. */
function show({ service }: Session, { versions, artifacts }: PrunePlan, keep: number): void {
  if (versions.length + artifacts.length === 0) {
    say(line`Nothing of ${service.name} can be removed: everything is needed, or one of the newest ${keep}.`);
    return;
  }
  const rows = [
    ...versions.map(({ target, version, time, size }) => [
      `version ${version}`,
      target.functionName,
      time.slice(0, 16).replace("T", " "),
      megabytes(size),
    ]),
    ...artifacts.map(({ sha256, commit, time, size }) => [
      `artifact ${sha256.slice(0, 12)}`,
      `commit ${shortCommit(commit)}`,
      time.slice(0, 16).replace("T", " "),
      megabytes(size),
    ]),
  ];
  table(["left over", "of", "made", "size"], rows);
}

/** How much something is, in words. */
function sum({ versions, artifacts }: Pick<PrunePlan, "versions" | "artifacts">): string {
  const bytes = (all: readonly { readonly size: number }[]) =>
    all.reduce((total, { size }) => total + size, 0);
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  return `${of(versions.length, "version")} (${megabytes(bytes(versions))} of Lambda's code storage) and ${of(artifacts.length, "artifact")} (${megabytes(bytes(artifacts))})`;
}

function described(service: string, { versions, artifacts, kept }: Pruned, dryRun: boolean) {
  return {
    format: "groundplan.artifact.prune",
    version: 1,
    service,
    dryRun,
    versions: versions.map(({ target, version, sourceCodeHash, size, time }: IdleVersion) => ({
      environment: target.environment,
      functionName: target.functionName,
      version,
      sourceCodeHash,
      size,
      time,
    })),
    artifacts: artifacts.map(({ sha256, commit, versionId, size, time }: Artifact) => ({
      sha256,
      commit,
      versionId,
      size,
      time,
    })),
    kept,
  } as const;
}
