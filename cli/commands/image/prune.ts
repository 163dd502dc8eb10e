import { type Command, Option } from "commander";
import { pruneFacts } from "../../artifact/ami/facts";
import { pruneRegion } from "../../artifact/ami/prune";
import { type PrunePlan, prunePlan } from "../../artifact/ami/prune-plan";
import { inRegions, succeeded } from "../../artifact/ami/regions";
import { type Leftovers, leftoversOf, sweepRegion } from "../../artifact/ami/sweep";
import { table } from "../../artifact/overview";
import { line, paint, say, sayJson } from "../../console/output";
import { firstOf, pluralize } from "../../console/words";
import { confirmed } from "../confirm";
import {
  examples,
  failedRegions,
  type ImageFlags,
  regionClients,
  regionsOf,
  tellFailures,
  wholeNumber,
  withImage,
} from "./options";

interface Flags extends ImageFlags {
  readonly keep: number;
  readonly olderThan?: number;
  readonly run?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Milliseconds. */
const DAY = 86_400_000;

/** Adds `groundplan image prune`. */
export function addImagePrune(image: Command): void {
  withImage(image.command("prune"))
    .summary("remove development AMIs that nobody needs, with their snapshots")
    .description(
      "Removes the development AMIs of an image but for the newest. Releases stay, and so does whatever is in use: by an instance, any version of a launch template, an autoscaling group, a fleet, an SSM parameter of an AMI, or an account that it is shared with; it says by whom and since when. A snapshot that another AMI has stays. Deregistration protection keeps an AMI, and one that goes to the Recycle Bin keeps its snapshots. Launch permissions are asked right before each removal.\n\n" +
        "With --run it removes what an interrupted build left instead: its builder, AMIs that never became available, and snapshots without an AMI. There too deregistration protection keeps an AMI, and the Recycle Bin its snapshots.",
    )
    .option("--keep <number>", "newest development AMIs that stay in each Region", wholeNumber, 5)
    .option("--older-than <days>", "only what is older", wholeNumber)
    .addOption(
      new Option("--run <id>", "remove what this run left, and nothing else").conflicts([
        "keep",
        "olderThan",
        "image",
      ]),
    )
    .option("--dry-run", "show what would be removed, and remove nothing")
    .option("-y, --yes", "do not ask")
    .option("--json", "print what was removed as JSON")
    .addHelpText(
      "after",
      examples("prune --dry-run --keep 5", "prune --yes --older-than 30", "prune --run 123456789"),
    )
    .action((flags: Flags) => (flags.run === undefined ? prune(flags) : sweep(flags, flags.run)));
}

async function prune(flags: Flags): Promise<void> {
  const { image, keep, olderThan, json = false } = flags;
  const clientsOf = regionClients();
  const now = new Date();
  const wish = {
    image,
    keep,
    now,
    ...(olderThan === undefined ? {} : { before: new Date(now.getTime() - olderThan * DAY) }),
  };
  const plans = await inRegions(regionsOf(flags), async (region) =>
    prunePlan(await pruneFacts(clientsOf(region), image), wish),
  );
  const planned = succeeded(plans);
  if (!json) for (const { region, value } of planned) show(region, value);
  const amis = planned.reduce((sum, { value }) => sum + value.remove.length, 0);
  const snapshots = planned.reduce((sum, { value }) => sum + snapshotsOf(value).length, 0);
  const isShown = showsAlone(flags);
  const goes = !isShown && amis + snapshots > 0 && (await confirmed(question(amis, snapshots), flags.yes));
  const byRegion = new Map(planned.map(({ region, value }) => [region, value]));
  const done = goes
    ? await inRegions([...byRegion.keys()], (region) =>
        pruneRegion(clientsOf(region), byRegion.get(region) as PrunePlan),
      )
    : [];
  if (json)
    sayJson({
      format: "groundplan.ami.prune",
      version: 1,
      image,
      dryRun: isShown,
      regions: planned.map(({ region, value }) => {
        const result = succeeded(done).find((one) => one.region === region)?.value;
        return {
          region,
          remove: value.remove.map(({ id, name }) => ({ ami: id, name })),
          kept: value.kept.map(({ ami, reasons }) => ({
            ami: ami.id,
            name: ami.name,
            reasons: [...reasons],
          })),
          snapshots: snapshotsOf(value),
          deregistered: result?.deregistered.map(({ id }) => id) ?? [],
          deleted: result?.deleted ?? [],
          keptAfterAll: result?.kept ?? [],
          recycled: result?.recycled ?? [],
        };
      }),
      failed: failedRegions([...plans, ...done]),
    });
  else
    for (const { region, value } of succeeded(done)) {
      say(line`${paint.good(region)}: ${counted(value.deregistered.length, value.deleted.length)} removed`);
      for (const one of value.kept) say(line`  stays after all: ${one}`);
      if (value.recycled.length > 0) say(line`  in the Recycle Bin: ${value.recycled.join(", ")}`);
    }
  tellFailures([...plans, ...done]);
}

/** Whether a command only shows what it would remove: nobody can be asked where JSON is read. */
function showsAlone({ dryRun = false, json = false, yes = false }: Flags): boolean {
  return dryRun || (json && !yes);
}

const counted = (amis: number, snapshots: number) =>
  `${pluralize(amis, "AMI", "AMIs")} and ${pluralize(snapshots, "snapshot", "snapshots")}`;

const question = (amis: number, snapshots: number) =>
  line`Remove ${counted(amis, snapshots)}? This cannot be taken back.`;

/** Snapshots that go, with their AMIs or because those are gone. */
function snapshotsOf({ snapshots, orphans }: PrunePlan): readonly string[] {
  return [...snapshots, ...orphans];
}

/** Reasons that are shown of one AMI; `--json` has them all. */
const MOST_REASONS = 10;

function show(region: string, plan: PrunePlan): void {
  const { remove, kept, orphans } = plan;
  say(
    line`${paint.strong(region)}: ${counted(remove.length, snapshotsOf(plan).length)} ${remove.length === 1 && snapshotsOf(plan).length === 0 ? "goes" : "go"}, ${pluralize(kept.length, "AMI stays", "AMIs stay")}`,
  );
  const rows = [
    ...remove.map(({ id, name, created }) => [id, name, created.slice(0, 10), paint.bad("goes")]),
    ...kept.map(({ ami, reasons }) => [
      ami.id,
      ami.name,
      ami.created.slice(0, 10),
      firstOf(reasons, MOST_REASONS),
    ]),
    ...orphans.map((id) => [id, "snapshot without its AMI", "", paint.bad("goes")]),
  ];
  if (rows.length > 0) table(["id", "name", "made", "why"], rows);
}

async function sweep(flags: Flags, run: string): Promise<void> {
  const { json = false } = flags;
  const isShown = showsAlone(flags);
  const clientsOf = regionClients();
  const found = await inRegions(regionsOf(flags), (region) => leftoversOf(clientsOf(region), run));
  const left = succeeded(found);
  if (!json)
    for (const { region, value } of left) {
      for (const { kind, id } of value.remove) say(line`${region}: ${kind} ${id}`);
      for (const { kind, id, reason } of value.kept) say(line`${region}: ${kind} ${id} stays: ${reason}`);
      if (value.finished.length > 0) say(line`${region}: finished, and stays: ${value.finished.join(", ")}`);
    }
  const byRegion = new Map(left.map(({ region, value }) => [region, value]));
  const total = left.reduce((sum, { value }) => sum + value.remove.length, 0);
  if (total === 0 && left.length > 0 && !json)
    say(line`Run ${run} left nothing in ${left.map(({ region }) => region).join(", ")}`);
  const ask = line`Remove these ${total}? This cannot be taken back.`;
  const goes = !isShown && total > 0 && (await confirmed(ask, flags.yes));
  const done = goes
    ? await inRegions(
        left.map(({ region }) => region),
        (region) => sweepRegion(clientsOf(region), byRegion.get(region) as Leftovers),
      )
    : [];
  const results = new Map(succeeded(done).map(({ region, value }) => [region, value]));
  if (json)
    sayJson({
      format: "groundplan.ami.sweep",
      version: 1,
      run,
      dryRun: isShown,
      regions: left.map(({ region, value }) => ({
        region,
        remove: value.remove.map(({ kind, id }) => ({ kind, id })),
        kept: value.kept.map(({ kind, id, reason }) => ({ kind, id, reason })),
        finished: [...value.finished],
        removed: (results.get(region)?.removed ?? []).map(({ kind, id }) => ({ kind, id })),
        remaining: (results.get(region)?.remaining ?? []).map(({ kind, id }) => ({ kind, id })),
        recycled: [...(results.get(region)?.recycled ?? [])],
      })),
      failed: failedRegions([...found, ...done]),
    });
  else
    for (const [region, { removed, remaining, recycled }] of results) {
      say(line`${paint.good(region)}: ${pluralize(removed.length, "resource", "resources")} removed`);
      if (recycled.length > 0) say(line`  in the Recycle Bin: ${recycled.join(", ")}`);
      for (const { kind, id } of remaining) say(line`  still in use: ${kind} ${id}; the same command again`);
    }
  tellFailures([...found, ...done]);
}
