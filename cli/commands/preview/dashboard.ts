import { dirname, join } from "node:path";
import type { Command } from "commander";
import { line, paint, say, sayJson, sayProblem } from "../../console/output";
import { dashboardData } from "../../preview/dashboard/data";
import { dashboardPage } from "../../preview/dashboard/page";
import { publishPage } from "../../preview/dashboard/publish";
import { PreviewPlatform } from "../../preview/platform";
import { openFile } from "../../process/open";
import { inProject } from "../../project/project";
import { makeFolder, writeNamed } from "../../project/writing";
import { examples, storeHere } from "./options";

interface Flags {
  readonly open?: boolean;
  readonly out?: string;
  readonly publish?: boolean;
  readonly bucket?: string;
  readonly json?: boolean;
}

/** Where the page is that is opened. */
const PAGE_FILE = ".groundplan/previews.html";

/** Adds `groundplan preview dashboard`. */
export function addDashboard(preview: Command): void {
  preview
    .command("dashboard")
    .summary("show all previews on one page: time left, price, links, history")
    .description(
      "Makes one page of all previews, which asks nobody for anything: with filters, the time that is left, the price a day and a month, links and history. Nothing of a preview's variables or secrets is on it.",
    )
    .option("--open", `open it in a browser (default of --out: ${PAGE_FILE})`)
    .option("-o, --out <folder>", "write it as index.html into a folder")
    .option("--publish", "put it into the bucket from which the platform serves it, if it has one")
    .option("--bucket <name>", "put it into this bucket")
    .option("--json", "print what it shows as JSON")
    .addHelpText("after", examples("dashboard --open", "dashboard --out site", "dashboard --publish"))
    .action(dashboard);
}

async function dashboard({ open, out, bucket: named, publish, json }: Flags): Promise<void> {
  const platform = PreviewPlatform.find();
  const bucket = named ?? (publish ? (await platform.shared()).dashboardBucket : undefined);
  if (publish && !bucket) return say(line`Nothing was published: no bucket serves a dashboard.`);
  const { region } = platform.bucket;
  const all = await storeHere(platform).all();
  for (const one of all) {
    if ("damaged" in one)
      sayProblem(line`${paint.bad(one.name)}: `, `its metadata cannot be read: ${one.damaged}`);
  }
  const data = dashboardData({
    platform: platform.setting("platform"),
    region,
    previews: all.flatMap((one) => ("metadata" in one ? [one.metadata] : [])),
    now: new Date(),
  });
  if (json) return sayJson({ format: "groundplan.preview.dashboard", version: 1, ...data });
  const page = dashboardPage(data);
  if (bucket !== undefined) {
    await publishPage(page, bucket, region);
    say(line`${paint.good("Published")}: ${data.previews.length} previews in s3://${bucket}/index.html`);
    if (out === undefined && !open) return undefined;
  }
  const file = out === undefined ? inProject(PAGE_FILE) : join(out, "index.html");
  makeFolder(dirname(file), "name a folder with --out");
  writeNamed(file, page, "--out");
  say(line`The page is ${file}`);
  if (open) await openFile(file);
  return undefined;
}
