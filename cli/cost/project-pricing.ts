import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { readJson } from "../input/json";
import { readSettings } from "../project/settings";
import type { PriceOptions } from "./price";
import { type PriceTable, priceTable } from "./prices/table";
import { readUsage } from "./usage";

/** With what a project's plans are priced. */
export interface ProjectPricing extends PriceOptions {
  /** An increase in US dollars a month above which somebody is to be told. */
  readonly threshold?: number;

  /** Whether the command `cost` fails above it. */
  readonly fails?: boolean;
}

/** Largest table of prices, in bytes. */
const LARGEST = 50_000_000;

/** Reads a table of prices. @throws CliError that says what is wrong with it. */
export function readPrices(file: string): PriceTable {
  try {
    return priceTable(readJson(file, { bytes: LARGEST }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `cannot read the table of prices ${file}: ${error.message}`,
      "write it: npx groundplan cost refresh",
    );
  }
}

/**
 * With what the settings of a project price its plans.
 *
 * @param root - the project's folder; undefined outside of one, where everything is as it is shipped.
 * @returns undefined where the project wants no prices.
 */
export function projectPricing(root: string | undefined): ProjectPricing | undefined {
  const { enabled = true, usageFile, prices, threshold } = (root && readSettings({ root }).cost) || {};
  if (!enabled) return undefined;
  const inRoot = (file: string) => join(root ?? "", file);
  return {
    ...(usageFile === undefined ? {} : { usage: readUsage(inRoot(usageFile)) }),
    ...(prices === undefined ? {} : { prices: readPrices(inRoot(prices)) }),
    ...(threshold === undefined ? {} : { threshold: threshold.monthly, fails: threshold.above === "fail" }),
  };
}
