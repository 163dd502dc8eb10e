import { type Command, InvalidArgumentError, Option } from "commander";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { type Line, line, linesOf, padded, paint, say, sayAside, sayJson, sayLines } from "../console/output";
import type { Amount } from "../cost/amount";
import { type Cost, costDocument, costOf, dearest } from "../cost/cost";
import { moneyWords } from "../cost/money";
import { projectPricing, readPrices } from "../cost/project-pricing";
import { readUsage } from "../cost/usage";
import { RESULT_FOLDER } from "../plan/result";
import { rootOf } from "../project/root";
import { costMarkdown } from "../report/cost-markdown";
import { addCostRefresh } from "./cost-refresh";
import { type CostSource, pricedStacks } from "./cost-source";
import { withEnvironments, withMask } from "./options";

interface CostFlags extends CostSource {
  readonly usage?: string;
  readonly prices?: string;
  readonly region?: string;
  readonly resources?: boolean;
}

/** Adds `groundplan cost`. */
export function addCost(program: Command): void {
  const cost = withMask(
    withEnvironments(
      program
        .command("cost")
        .argument("[stacks...]", "names of the stacks, `*` for any text (default: all)")
        .summary("what stacks cost in a month, or what a plan changes of it")
        .description(
          "Says what stacks cost in a month, from a table of AWS's prices that is shipped: nobody is asked, and no credentials are needed. " +
            "It prices the code as if all of it were new; with --plan or --planned what plans change.\n\n" +
            "What has no price that was checked is counted, and never guessed. What is billed by use is priced as far as a usage file says how much is used.",
        ),
    ),
  )
    .option("--plan <file...>", "plans in Terraform's JSON: file, name=file, or - for the standard input")
    .option(
      "--planned [folder]",
      `what the last groundplan plan changes: its result directory (default: ${RESULT_FOLDER})`,
    )
    .option("--usage <file>", "what is used in a month, YAML or JSON (default: the setting cost.usageFile)")
    .option(
      "--prices <file>",
      "table of prices (default: the setting cost.prices, or the one that is shipped)",
    )
    .addOption(
      new Option("--region <name>", "Region of what does not say its own").argParser((text) => {
        if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return text;
        throw new InvalidArgumentError("use a Region's name, e.g. us-east-1");
      }),
    )
    .option("--resources", "every resource, and what it is billed for")
    .option("--no-synth", "use what is already synthesized")
    .option("--markdown", "print Markdown")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan cost\n  $ npx groundplan cost --environment dev --resources\n  $ npx groundplan cost 'dev-*' --usage usage.yml\n  $ npx groundplan cost --planned\n  $ terraform show -json plan.bin | npx groundplan cost --plan -\n  $ npx groundplan cost --plan dev=dev.json prod=prod.json --markdown\n${EXIT_HELP}`,
    )
    .action(async (patterns: readonly string[], flags: CostFlags) => {
      const { threshold, fails, ...own } = projectPricing(rootOf(process.cwd())) ?? {};
      const options = {
        ...own,
        ...(flags.usage === undefined ? {} : { usage: readUsage(flags.usage) }),
        ...(flags.prices === undefined ? {} : { prices: readPrices(flags.prices) }),
        ...(flags.region === undefined ? {} : { region: flags.region }),
      };
      const { of, stacks } = await pricedStacks(patterns, flags, options);
      const cost = costOf(of, stacks, threshold);
      if (flags.json) sayJson(costDocument(cost));
      else if (flags.markdown) sayLines(linesOf(costMarkdown(cost).trimEnd()));
      else sayCost(cost, flags.resources ?? false);
      if (cost.threshold?.above && fails) process.exitCode = EXIT.FAILED;
    });
  addCostRefresh(cost);
}

/** Resources that are named unasked. */
const MOST = 10;

function sayCost(cost: Cost, all: boolean): void {
  for (const one of tableOf(cost)) say(one);
  if (all) sayResources(cost);
  else sayDearest(cost);
  const { counts, unknown, threshold, pricesOf } = cost;
  const types = Object.entries(unknown).map(([type, count]) => `${count} ${type}`);
  say();
  if (types.length > 0) say(line`${paint.warning("Without a price, and in no sum")}: ${types.join(", ")}`);
  if (threshold?.above) {
    say(line`${paint.warning("Above the threshold")} of ${dollars(threshold.monthly)} more a month`);
  }
  sayAside(
    line`${String(counts.priced)} priced, ${String(counts.free)} free, ${String(counts.usage)} billed by use alone; on-demand prices in US dollars as of ${pricesOf}, without discounts and tax`,
  );
}

/** A line a stack, and the total. */
function tableOf({ of, stacks, after, change }: Cost): readonly Line[] {
  const rows = [
    ...stacks.map(({ name, price }) => ({ name, change: price.change, after: price.after })),
    { name: "total", change, after },
  ].map((row) => ({
    name: row.name,
    change: of === "plan" ? moneyWords(row.change, { sign: true }) : "",
    after: moneyWords(row.after),
  }));
  const width = (key: "name" | "change" | "after") => Math.max(...rows.map((row) => row[key].length));
  return rows.map((row, at) => {
    const paid = row.after.padStart(width("after"));
    const differs = of === "plan" ? `${row.change.padStart(width("change"))}  ` : "";
    const whole = line`${padded(row.name, width("name"))}  ${differs}${paid}${of === "plan" ? " a month after it" : " a month"}`;
    return at === rows.length - 1 ? paint.strong(whole) : whole;
  });
}

function sayDearest(cost: Cost): void {
  const found = dearest(cost, MOST);
  if (found.length === 0) return;
  say();
  for (const { stack, resource, amount } of found) {
    say(
      line`${moneyWords(amount, signOf(cost)).padStart(12)}  ${resource.address} ${paint.faint(`in ${stack}`)}`,
    );
  }
}

function sayResources(cost: Cost): void {
  for (const { name, price } of cost.stacks) {
    const shown = price.resources.filter(({ status }) => status !== "free");
    if (shown.length === 0) continue;
    say();
    say(paint.strong(name));
    for (const { address, status, why, after, change, parts, byUse } of shown) {
      const amount = cost.of === "plan" ? change : after;
      const paid = amount && status !== "usage" ? moneyWords(amount, signOf(cost)) : status;
      say(line`${paid.padStart(12)}  ${address}${why === undefined ? "" : ` (${why})`}`);
      for (const part of parts) say(paint.faint(`${" ".repeat(14)}${partWords(part)}`));
      if (byUse.length > 0) say(paint.faint(`${" ".repeat(14)}by use besides: ${byUse.join(", ")}`));
    }
  }
}

function partWords({
  name,
  quantity,
  unit,
  monthly,
}: Cost["stacks"][number]["price"]["resources"][number]["parts"][number]) {
  const count =
    quantity.low === quantity.high
      ? numberOf(quantity.low)
      : `${numberOf(quantity.low)} to ${numberOf(quantity.high)}`;
  return `${name}, ${count} ${unit}: ${moneyWords(monthly)}`;
}

function numberOf(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

function signOf({ of }: Pick<Cost, "of">): { readonly sign: boolean } {
  return { sign: of === "plan" };
}

function dollars(amount: number): string {
  const exact: Amount = { low: amount, high: amount };
  return moneyWords(exact);
}
