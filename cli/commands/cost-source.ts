import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { priceOfConfiguration } from "../cost/configuration";
import type { StackCost } from "../cost/cost";
import { type PriceOptions, priceOf } from "../cost/price";
import { readPlainPlans } from "../plan/plain-plans";
import { readDocument, readRun } from "../plan/read";
import { RESULT_FOLDER, SUMMARY_FILE } from "../plan/result";
import { findProject, inProject, regionOf } from "../project/project";
import { chooseStacks } from "../project/select";
import { synthesizeOrRead } from "../project/synthesized";
import { namesHere } from "./options";

/** What `groundplan cost` is to price. */
export interface CostSource {
  readonly environment?: readonly string[];

  /** Plans in Terraform's JSON. */
  readonly plan?: readonly string[];

  /** A result directory; `true` for the project's own. */
  readonly planned?: string | true;
  readonly synth: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly mask?: readonly string[];
}

/** Prices what is named. @throws CliError when it cannot be read. */
export async function pricedStacks(
  patterns: readonly string[],
  source: CostSource,
  options: PriceOptions,
): Promise<{ readonly of: "code" | "plan"; readonly stacks: readonly StackCost[] }> {
  if (source.plan && source.planned !== undefined) {
    throw new CliError(EXIT.USAGE, "--plan and --planned both say what is priced", "name one of them");
  }
  if (source.plan) return { of: "plan", stacks: ofFiles(source.plan, patterns, source, options) };
  if (source.planned !== undefined) {
    const folder = source.planned === true ? inProject(RESULT_FOLDER) : source.planned;
    return { of: "plan", stacks: ofResult(folder, patterns, source, options) };
  }
  return { of: "code", stacks: await ofCode(patterns, source, options) };
}

function ofFiles(
  files: readonly string[],
  patterns: readonly string[],
  source: CostSource,
  options: PriceOptions,
): readonly StackCost[] {
  const { run, documents } = readPlainPlans(files, namesHere(source));
  const names = chooseStacks(run.stacks, { patterns, environments: source.environment });
  return run.stacks.flatMap(({ name, environment }) => {
    const document = documents.get(name);
    if (!document || !names.includes(name)) return [];
    return [stackCost(name, environment, priceOf(document, options))];
  });
}

function ofResult(
  folder: string,
  patterns: readonly string[],
  source: CostSource,
  options: PriceOptions,
): readonly StackCost[] {
  const summary = join(folder, SUMMARY_FILE);
  const run = readRun(summary);
  const names = chooseStacks(run.stacks, { patterns, environments: source.environment });
  return run.stacks.flatMap((stack) => {
    const document = names.includes(stack.name) ? readDocument(folder, summary, stack) : undefined;
    return document ? [stackCost(stack.name, stack.environment, priceOf(document, options))] : [];
  });
}

async function ofCode(
  patterns: readonly string[],
  source: CostSource,
  options: PriceOptions,
): Promise<readonly StackCost[]> {
  const quiet = source.json === true || source.markdown === true;
  const stacks = await synthesizeOrRead(findProject(), source.synth, quiet);
  const names = chooseStacks(stacks, { patterns, environments: source.environment });
  return stacks
    .filter(({ name }) => names.includes(name))
    .map((stack) => {
      const price = priceOfConfiguration(stack.json, {
        ...options,
        region: options.region ?? regionOf(stack),
      });
      return stackCost(stack.name, stack.environment, price);
    });
}

function stackCost(name: string, environment: string | undefined, price: StackCost["price"]): StackCost {
  return { name, ...(environment === undefined ? {} : { environment }), price };
}
