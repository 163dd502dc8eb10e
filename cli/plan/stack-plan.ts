import { join, relative } from "node:path";
import type { CliError } from "../console/errors";
import { pluralize } from "../console/words";
import { withExactNumbers } from "../input/exact-numbers";
import { plain } from "../process/run";
import type { BoardLine } from "../progress/board";
import { nameOf } from "../project/environment";
import type { Graph } from "../project/graph";
import { allowedAccounts, type Stack } from "../project/project";
import { diagnosticsOf, warningsOf } from "../terraform/diagnostics";
import { failureOf } from "../terraform/failure";
import type { StackTerraform } from "../terraform/stack";
import { type AttemptProps, attemptPlan, ordinaryPlan } from "./attempt";
import { deferredBy, deferredByFailure, type Upstream } from "./deferral";
import type { ResultDirectory } from "./directory";
import { countsOf, documentOf } from "./document";
import { drifted } from "./drift";
import { encryptPlan } from "./encryption";
import { missingPin } from "./missing-pin";
import type { PlanJson } from "./plan-json";
import type { RawPlan } from "./raw";
import type { Deferral, PlanFailure, PlanFiles, PlannedStack } from "./result";
import type { Secrets } from "./secrets";
import { secretsOf } from "./stack-secrets";

/** What every stack of a run is planned with. */
export interface StackPlanProps extends AttemptProps {
  readonly graph: Graph;
  readonly directory: ResultDirectory;

  /** Keeps saved plans in the result, encrypted. */
  readonly seal?: { readonly key: Buffer; readonly of: (stack: string) => string };
}

/** A stack's plan for the summary, and what stays in this process. */
export interface StackPlan {
  readonly planned: PlannedStack;

  /** Terraform's plan with its secrets. */
  readonly raw?: RawPlan;

  /** The plan as it was written: without secrets. */
  readonly document?: PlanJson;
  readonly secrets?: Secrets;

  /** Has the saved plan, in clear; the caller closes it. */
  readonly terraform?: StackTerraform;

  /** What failed, for the exit code. */
  readonly error?: CliError;
}

/** Plans one stack and writes its files. */
export async function planStack(
  stack: Stack,
  before: ReadonlyMap<string, StackPlan>,
  line: BoardLine,
  props: StackPlanProps,
): Promise<StackPlan> {
  const started = Date.now();
  const { graph, directory, setting, work } = props;
  const secrets = await secretsOf(stack, { setting, folder: work.path });
  const mask = (text: string) => secrets.scrub(text);
  const reads = graph.reads(stack.name);
  const base = { name: stack.name, ...nameOf(stack), dependencies: graph.upstream(stack.name) };
  const seconds = () => Math.round((Date.now() - started) / 100) / 10;
  const deferred = (deferral: Deferral): StackPlan => {
    line.end("skipped", `deferred: ${deferral.message}`);
    return { planned: { ...base, status: "deferred", deferred: deferral, seconds: seconds(), files: {} } };
  };
  const failed = (phase: PlanFailure["phase"], output: string): StackPlan => {
    const error =
      missingPin(stack, output) ??
      failureOf(phase, output, stack.folder, { mask, accounts: allowedAccounts(stack) });
    const addresses = diagnosticsOf(output).flatMap(({ address }) => secrets.scrub(address ?? "") || []);
    const kept = directory.write(stack.name, "error.txt", secrets.scrub(plain(output)));
    const files: PlanFiles = { error: kept };
    const named = relative(setting.project.root, join(directory.path, kept));
    const message = `${mask(error.message)}\n  whole output: ${named}`;
    error.message = message;
    line.end("bad", message.split("\n")[0] ?? "failed");
    const failure: PlanFailure = { phase, message, addresses: [...new Set(addresses)] };
    return { planned: { ...base, status: "failed", error: failure, seconds: seconds(), files }, error };
  };

  const early = deferredBy(reads, upstreamOf(before));
  if (early) return deferred(early);
  const attempt = await attemptPlan(stack, line, props, (text) => secrets.scrubUnfinished(text));
  if ("failed" in attempt) {
    const pending = pendingUpstream(graph.upstream(stack.name), before);
    const late =
      attempt.failed === "plan" && deferredByFailure(diagnosticsOf(attempt.output), reads, pending);
    return late ? deferred(late) : failed(attempt.failed, attempt.output);
  }
  const { terraform, plan, shown } = attempt;
  const all = JSON.parse(withExactNumbers(shown.stdout)) as RawPlan;
  secrets.addPlan(all);
  const ordinary = props.refreshOnly ? await ordinaryPlan(all, stack, props) : all;
  if (ordinary) secrets.addPlan(ordinary);
  const raw: RawPlan = {
    ...all,
    resource_drift: drifted(all, ordinary),
    warnings: warningsOf(plan.stdout).slice(0, MOST_WARNINGS),
  };
  const counts = countsOf(raw);
  const document = documentOf(raw, secrets);
  const files: PlanFiles = {
    json: directory.writeDocument(stack.name, document),
    text: directory.write(stack.name, "plan.txt", secrets.scrub(rendered(plan.stdout))),
    ...(props.seal ? { saved: seal(terraform, directory, props.seal) } : {}),
  };
  const { drift, ...changing } = counts;
  const changed =
    !props.refreshOnly && (plan.exitCode === 2 || Object.values(changing).some((count) => count > 0));
  line.end(
    "good",
    changed ? countWords({ ...counts }) : drift > 0 ? `no changes, ${drift} drifted` : "no changes",
  );
  const planned = {
    ...base,
    status: changed ? "changed" : "unchanged",
    counts,
    seconds: seconds(),
    files,
  } as const;
  return { planned, raw, document, secrets, terraform };
}

function seal(
  terraform: StackTerraform,
  directory: ResultDirectory,
  { key, of }: NonNullable<StackPlanProps["seal"]>,
): string {
  const { name } = terraform.stack;
  return directory.write(name, "plan.tfplan.enc", encryptPlan(terraform.savedPlan(), key, of(name)));
}

function upstreamOf(before: ReadonlyMap<string, StackPlan>): ReadonlyMap<string, Upstream> {
  return new Map(
    [...before].map(([name, { planned, raw }]) => [
      name,
      { status: planned.status, ...(raw ? { plan: raw } : {}) },
    ]),
  );
}

/** Upstream stacks of this run of which nothing stands yet. */
function pendingUpstream(
  upstream: readonly string[],
  before: ReadonlyMap<string, StackPlan>,
): readonly string[] {
  return upstream.filter((name) => {
    const result = before.get(name);
    if (!result) return false;
    if (!result.raw) return result.planned.status === "deferred";
    return (result.raw.prior_state?.values?.root_module?.resources ?? []).every(
      ({ mode }) => mode === "data",
    );
  });
}

/** Warnings of a plan that are kept. */
const MOST_WARNINGS = 20;

/** Of what `terraform plan` prints the plan itself, as `terraform show` prints it. */
export function rendered(output: string): string {
  const lines = plain(output).split("\n");
  const first = lines.findIndex((line) =>
    /^(?:Terraform|OpenTofu) (?:used|will|planned)|^No changes\.|^Changes to Outputs:|^Note: Objects have changed|^You can apply/.test(
      line,
    ),
  );
  const last = lines.findIndex(
    (line, index) => index > first && /^─{20,}$/.test(line) && index > lines.length - 12,
  );
  const text = lines.slice(Math.max(first, 0), last < 0 ? undefined : last).join("\n");
  return `${text.trim()}\n`;
}

/** Numbers in words, e.g. `2 to create, 1 to replace`. */
export function countWords(counts: Readonly<Record<string, number>>): string {
  const words = Object.entries(counts)
    .filter(([key, count]) => count > 0 && key !== "outputs" && key !== "drift")
    .map(([key, count]) => `${count} to ${key}`);
  const outputs = counts.outputs ?? 0;
  const drift = counts.drift ?? 0;
  return [
    ...words,
    ...(outputs > 0 ? [pluralize(outputs, "output changes", "outputs change")] : []),
    ...(drift > 0 ? [`${drift} drifted`] : []),
  ].join(", ");
}
