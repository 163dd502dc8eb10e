import { basename } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { ownVersion } from "../console/version";
import { withExactNumbers } from "../input/exact-numbers";
import { InputError, readInput, readStandardInput } from "../input/file";
import { decode, parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";
import { nameOf } from "../project/environment";
import { namingHere } from "../project/project";
import { changes, countsOf, documentOf } from "./document";
import { drifted } from "./drift";
import type { MaskedNames } from "./masked-names";
import { PLAN_JSON, type PlanJson } from "./plan-json";
import type { RawPlan } from "./raw";
import { PLAN_FORMAT, PLAN_VERSION, type PlannedStack, type PlanRun } from "./result";
import { Secrets } from "./secrets";

/** Largest file that is read, in bytes: 500 MB. */
const LARGEST = 500_000_000;

/** Plans that `terraform show -json` or `tofu show -json` printed, as a run of Groundplan's own: masked, with its numbers. */
export interface PlainPlans {
  readonly run: PlanRun;
  readonly documents: ReadonlyMap<string, PlanJson>;
}

/**
 * Reads plans in Terraform's JSON.
 *
 * @param sources - files, each as `file` or `name=file`; `-` is the standard input.
 * @param masked - names whose values are masked though nobody marked them. @default - none
 * @throws CliError when one is none.
 */
export function readPlainPlans(sources: readonly string[], masked?: MaskedNames): PlainPlans {
  const documents = new Map<string, PlanJson>();
  const { names } = namingHere(sources.map((source) => sourceOf(source)));
  const stacks = sources.map((source): PlannedStack => {
    const { name, file } = sourceOf(source);
    if (documents.has(name)) {
      throw new CliError(EXIT.USAGE, `two plans are named ${name}`, `name them apart: other=${file}`);
    }
    const all = read(file);
    const raw = { ...all, resource_drift: drifted(all, all) };
    const document = documentOf(raw, new Secrets(masked).addPlan(all));
    documents.set(name, document);
    const isChanged = [
      ...(document.resource_changes ?? []).map(({ change }) => change),
      ...outputs(document),
    ].some(changes);
    const status = isChanged ? "changed" : "unchanged";
    return {
      name,
      ...nameOf({ name, ...names.get(name) }),
      dependencies: [],
      status,
      counts: countsOf(raw),
      seconds: 0,
      files: {},
    };
  });
  const [first] = [...documents.values()];
  const run: PlanRun = {
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    groundplan: ownVersion(),
    terraform: first?.terraform_version ? `Terraform ${first.terraform_version}` : "",
    app: ".",
    modified: false,
    started: first?.timestamp ?? new Date(0).toISOString(),
    seconds: 0,
    scope: { kind: "named", names: [...documents.keys()] },
    outcome: "complete",
    stacks,
    left: [],
    removed: [],
  };
  return { run, documents };
}

function outputs({ output_changes = {} }: PlanJson) {
  return Object.values(output_changes);
}

/** `name=file`. */
const NAMED = /^([^=/\\]+)=(.+)$/;

/** Whether a source says itself that it is a plan, and no folder: `name=file`, or `-`. */
export function namesPlainPlan(source: string): boolean {
  return source === "-" || NAMED.test(source);
}

/** The name of a plan: what stands before `=`, or the file's without its endings. */
function sourceOf(source: string): { name: string; file: string } {
  const [, name, file] = NAMED.exec(source) ?? [];
  if (name !== undefined && file !== undefined) return { name, file };
  if (source === "-") return { name: "plan", file: source };
  return { name: basename(source).replace(/(?:\.(?:tf)?plan)?\.json$/, "") || source, file: source };
}

const checkPlan = schemaCheck<RawPlan>(PLAN_JSON);

function read(file: string): RawPlan {
  const where = file === "-" ? "the standard input" : file;
  try {
    const bytes = file === "-" ? readStandardInput(LARGEST) : readInput(file, { bytes: LARGEST });
    const plan = checkPlan(parseJson(withExactNumbers(decode(bytes))));
    if (typeof plan.format_version !== "string") throw new InputError("it has no format_version");
    return plan;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `${where} is not a plan in Terraform's JSON: ${error.message}`,
      "make one: terraform plan -out plan.bin && terraform show -json plan.bin > plan.json",
    );
  }
}
