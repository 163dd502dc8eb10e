import { type Command, InvalidArgumentError } from "commander";
import { imageCost } from "../../artifact/ami/cost";
import { requireRegions, type Way } from "../../artifact/ami/request";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { moneyWords } from "../../cost/money";
import { dayOf, SHIPPED_PRICES } from "../../cost/prices/table";
import { projectPricing } from "../../cost/project-pricing";
import { rootOf } from "../../project/root";
import { examples, way, wholeNumber } from "./options";

interface Flags {
  readonly regions: readonly string[];
  readonly images: number;
  readonly volume: number;
  readonly used: number;
  readonly changed?: number;
  readonly minutes: number;
  readonly instanceType: string;
  readonly way: Way;
  readonly json?: boolean;
}

/** Adds `groundplan image cost`. */
export function addImageCost(image: Command): void {
  image
    .command("cost")
    .summary("what images cost: their snapshots in a month, and one build")
    .description(
      "Reckons what AMIs cost. Of a snapshot the blocks that were written are billed, and not the size of the volume; of further snapshots of the same volume what has changed. An image that is built anew from the base is a volume of its own, so the price of all blocks is the upper end. It asks AWS nothing.",
    )
    .option("--regions <names>", "Regions, with commas between them", (text: string) => text.split(","), [
      "us-east-1",
    ])
    .option("--images <number>", "AMIs in each Region", wholeNumber, 5)
    .option("--volume <GB>", "size of the volume", number, 8)
    .option("--used <GB>", "GB that are written on it", number, 2)
    .option(
      "--changed <GB>",
      "GB that differ from one image to the next (default: all that are written)",
      number,
    )
    .option("--minutes <number>", "minutes of one build", number, 15)
    .option("--instance-type <type>", "type of the builder", "t4g.small")
    .option("--way <how>", "copy or each", way, "copy")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("cost", "cost --images 5 --used 2 --changed 0.3 --json"))
    .action(cost);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1e6) return value;
  throw new InvalidArgumentError("use a number, 0 or more");
}

/** @throws CliError where parts are larger than the whole. */
function requireSizes({ volume, used, changed = used }: Flags): void {
  if (used > volume)
    throw new CliError(
      EXIT.USAGE,
      `${used} GB are written on a volume of ${volume} GB`,
      `use --used of at most ${volume}, or a larger --volume`,
    );
  if (changed > used)
    throw new CliError(
      EXIT.USAGE,
      `${changed} GB differ from one image to the next, and ${used} GB are written`,
      `use --changed of at most ${used}`,
    );
}

function cost(flags: Flags): void {
  requireSizes(flags);
  const { images, volume, used, changed = used, minutes, instanceType } = flags;
  const prices = projectPricing(rootOf(process.cwd()))?.prices ?? SHIPPED_PRICES;
  const regions = requireRegions(flags.regions);
  // The first image has all blocks; what each further one adds is what has changed at least.
  const low = images === 0 ? 0 : (used + (images - 1) * changed) / images;
  const stored = { low, high: used };
  const result = imageCost({ regions, images, volume, stored, minutes, instanceType }, prices, flags.way);
  if (flags.json) {
    sayJson({
      format: "groundplan.ami.cost",
      version: 1,
      storage: [...result.storage],
      monthly: result.monthly,
      build: result.build,
      unpriced: [...result.unpriced],
      pricesOf: dayOf(prices),
    });
    return;
  }
  for (const { region, monthly } of result.storage)
    say(line`${region}: ${images} AMIs, ${moneyWords(monthly)} a month`);
  // What has no price is in no sum.
  const least = result.unpriced.length > 0 ? "at least " : "";
  say(
    line`${paint.strong("Snapshots")}: ${least}${moneyWords(result.monthly)} a month; one build: ${least}${moneyWords(result.build)}`,
  );
  for (const one of result.unpriced)
    say(line`${paint.warning("No price")} of ${one}: npx groundplan cost refresh <region>`);
}
