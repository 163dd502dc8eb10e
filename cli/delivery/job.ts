import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { analyze } from "./analyze";

/**
 * What the Job of a canary's analysis runs: `node analyze.cjs <url> --checks=20 --seconds=40 --max-errors=10 --metrics=<url>`.
 * `npm run derive` bundles it into the ConfigMap, so it needs nothing but Node. Its exit code is the verdict.
 */
async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { checks: text, seconds: text, "max-errors": text, metrics: text },
  });
  const number = (name: "checks" | "seconds" | "max-errors") => {
    const value = Number(values[name] || Number.NaN);
    if (!Number.isFinite(value)) throw new Error(`--${name} ${values[name]} is not a number`);
    return value;
  };
  const [url = ""] = positionals;
  const found = await analyze({
    url,
    rule: { checks: number("checks"), seconds: number("seconds"), maxErrors: number("max-errors") },
    metrics: values.metrics,
    onCheck: ({ sample, reason }, { taken, errors }) => tell({ check: taken, sample, reason, errors }),
  });
  tell(found);
  process.exit(found.verdict === "pass" ? 0 : 1);
}

/** A line of JSON, in which nothing that a server wrote can act on a terminal. */
function tell(what: object): void {
  // biome-ignore lint/plugin: the script has nothing but Node, and JSON escapes what a terminal would act upon.
  writeSync(1, `${JSON.stringify(what)}\n`);
}

main().catch((error: unknown) => {
  tell({ error: String(error) });
  process.exit(2);
});
