import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { type Refreshed, refreshPrices } from "../cost/prices/refresh";
import { SHIPPED_PRICES } from "../cost/prices/table";
import { readPrices } from "../cost/project-pricing";
import { runSteps } from "../progress/tasks";
import { rootOf } from "../project/root";
import { readSettings } from "../project/settings";
import { writeNamed } from "../project/writing";

interface RefreshFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Where the table is written when nobody says it. */
const FILE = "prices.json";

/** Adds `groundplan cost refresh`. */
export function addCostRefresh(cost: Command): void {
  cost
    .command("refresh")
    .argument("<regions...>", "Regions, e.g. eu-central-1", regionOf)
    .summary("renew the table of prices from AWS's price list")
    .description(
      "Asks AWS's price list for the on-demand prices of Regions, and writes a table with them: all instance types and database classes, and what else is priced. " +
        "It needs credentials that allow pricing:GetProducts, and nothing else of an account.\n\n" +
        "The setting cost.prices says which table a project reckons with. What the list has no price of, or several, is not in it.",
    )
    .option("-o, --out <file>", `the table (default: the setting cost.prices, or ${FILE} in the project)`)
    .option("--json", "print what has changed as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan cost refresh us-east-1\n  $ npx groundplan cost refresh eu-central-1 eu-west-1 --out prices.json\n${EXIT_HELP}`,
    )
    // An option that `cost` has too is taken by it.
    .action(async (regions: readonly string[], _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<RefreshFlags>();
      const file = flags.out ?? ownFile();
      const before = existsSync(file) ? readPrices(file) : SHIPPED_PRICES;
      let result: Refreshed | undefined;
      const run = async (_: object, progress: (text: string) => void) => {
        const day = new Date().toISOString().slice(0, 10);
        result = await refreshPrices(before, regions, day, progress);
        return `${result.regions.reduce((sum, { prices }) => sum + prices, 0)} prices`;
      };
      await runSteps([{ title: "Ask AWS's price list", run }], {}, flags.json);
      if (!result) return;
      const { $schema, ...table } = result.table;
      writeNamed(file, `${JSON.stringify(table, null, 2)}\n`, "--out");
      if (flags.json)
        sayJson({ format: "groundplan.cost.refresh", version: 1, file, regions: result.regions });
      else sayResult(result, file);
    });
}

function regionOf(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return [...before, text];
  throw new InvalidArgumentError("use a Region's name, e.g. eu-central-1");
}

function ownFile(): string {
  const root = rootOf(process.cwd());
  if (root === undefined) return FILE;
  return join(root, readSettings({ root }).cost?.prices ?? FILE);
}

function sayResult({ regions }: Refreshed, file: string): void {
  for (const { region, prices, changed, missing } of regions) {
    say(line`${paint.strong(region)}: ${String(prices)} prices, ${String(changed.length)} changed`);
    if (missing.length > 0) say(line`  without a price: ${missing.join(", ")}`);
  }
  say(line`The table is ${file}; the setting cost.prices names the one that counts`);
}
