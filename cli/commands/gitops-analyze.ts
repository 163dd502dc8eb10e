import { type Command, InvalidArgumentError } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { type Rule, worst } from "../delivery/analysis";
import { type Analysis, analyze } from "../delivery/analyze";
import { ANALYSIS_FORMAT } from "../delivery/formats";
import { interrupted } from "../process/interrupts";
import { runSteps } from "../progress/tasks";

interface AnalyzeFlags {
  readonly checks: number;
  readonly seconds: number;
  readonly maxErrors: number;
  readonly metrics?: string | boolean;
  readonly json?: boolean;
}

/** Adds `groundplan gitops analyze`. */
export function addAnalyze(gitops: Command): void {
  gitops
    .command("analyze")
    .argument("<url...>", "what is asked, e.g. http://127.0.0.1:8080/health", urls)
    .summary("ask a service again and again, and judge it by its errors")
    .description(
      "Asks each URL at even intervals. An answer with a status of the 200s is well; every other one, or none within three seconds, is an error. " +
        "It ends as soon as more have failed than may, and passes only when all checks are made. A canary is judged by the same rule.",
    )
    .option("--checks <number>", "number of checks", whole("a whole number of 1 to 10000", 1, 10_000), 20)
    .option("--seconds <number>", "seconds over which they are spread", number(0, 86_400), 40)
    .option("--max-errors <percent>", "percent of them that may fail, e.g. 10%", percent, 10)
    .option(
      "--metrics [url]",
      "judge the requests that the service counted itself too, by http_requests_total (default: /metrics of each URL)",
    )
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan gitops analyze http://127.0.0.1:8080/health\n" +
        "  $ npx groundplan gitops analyze https://app.example.com/health --checks 50 --seconds 50 --max-errors 5%\n" +
        `  $ npx groundplan gitops analyze http://127.0.0.1:8080/health --metrics --json\n${EXIT_HELP}`,
    )
    .action(run);
}

async function run(addresses: readonly string[], flags: AnalyzeFlags): Promise<void> {
  const { checks, seconds, maxErrors, metrics, json = false } = flags;
  const rule: Rule = { checks, seconds, maxErrors };
  const given = typeof metrics === "string" ? checkedUrl(metrics, "--metrics") : undefined;
  const found: Analysis[] = [];
  const step = {
    title: `Ask ${addresses.join(", ")} ${checks} times over ${seconds} s`,
    tells: true,
    run: async (_: object, progress: (text: string) => void) => {
      const analyses = addresses.map((url) =>
        analyze({
          url,
          rule,
          metrics: metrics === undefined ? undefined : (given ?? new URL("/metrics", url).href),
          signal: interrupted,
          onCheck: ({ reason }, { taken, errors, allowed }) => {
            if (reason === undefined && taken < checks) return;
            progress(
              `${url}: ${taken} of ${checks}, ${errors} failed of ${allowed} that may${reason ? `, ${reason}` : ""}`,
            );
          },
        }),
      );
      found.push(...(await Promise.all(analyses)));
      return worst(found.map(({ verdict }) => verdict));
    },
  };
  await runSteps([step], {}, json);
  const verdict = worst(found.map((each) => each.verdict));
  if (json) sayJson({ format: ANALYSIS_FORMAT, version: 1, verdict, rule, analyses: found });
  else for (const each of found) sayAnalysis(each, rule);
  if (verdict !== "pass") process.exitCode = EXIT.FAILED;
}

const WORDS = { pass: paint.good, fail: paint.bad, inconclusive: paint.warning, running: paint.warning };

function sayAnalysis({ url, verdict, taken, errors, allowed, traffic, reasons }: Analysis, rule: Rule): void {
  say(
    line`${WORDS[verdict](verdict)}  ${paint.strong(url)}: ${errors} of ${taken} checks failed, ${allowed} of ${rule.checks} may`,
  );
  for (const { reason, count } of reasons) say(line`  ${count} times ${reason}`);
  if (traffic) {
    const share = traffic.requests === 0 ? 0 : (traffic.errors / traffic.requests) * 100;
    say(
      line`  its own count: ${traffic.errors} of ${traffic.requests} requests failed, ${share.toFixed(1)} %, ${rule.maxErrors} % may`,
    );
  }
  if (verdict === "inconclusive") say(line`  ${paint.warning(whyInconclusive(taken, rule))}`);
}

function whyInconclusive(taken: number, { checks }: Rule): string {
  return taken < checks
    ? `ended after ${taken} of ${checks} checks`
    : "its metrics have no http_requests_total that grew: nobody can say how its requests ended";
}

function urls(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, checkedUrl(text, "<url>")];
}

function checkedUrl(text: string, what: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url.href;
  throw new CliError(
    EXIT.USAGE,
    `${what} ${JSON.stringify(text)} is not a URL of http or https without a password`,
    "write e.g. http://127.0.0.1:8080/health",
  );
}

function whole(what: string, least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`use ${what}`);
  };
}

function number(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`use a number of ${least} to ${most}`);
  };
}

/** `10` or `10%`. */
function percent(text: string): number {
  const value = Number(text.replace(/%$/, ""));
  if (/^\d+(\.\d+)?%?$/.test(text) && value <= 100) return value;
  throw new InvalidArgumentError("use 0 to 100, e.g. 10%");
}
