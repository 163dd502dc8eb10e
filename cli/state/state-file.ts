import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { InputError } from "../input/file";
import { parseJson } from "../input/json";
import { schemaCheck } from "../input/schema";

/** What a state says of itself; its values may be secrets and stay in the text. */
export interface StateSummary {
  readonly serial: number;
  readonly lineage: string;
  readonly terraform: string;

  /** Addresses of the resources, without data sources. */
  readonly resources: readonly string[];
  readonly outputs: readonly string[];
}

interface RawState {
  readonly version?: number;
  readonly serial?: number;
  readonly lineage?: string;
  readonly terraform_version?: string;
  readonly outputs?: Readonly<Record<string, unknown>> | null;
  readonly resources?: readonly RawResource[] | null;
}

interface RawResource {
  readonly module?: string;
  readonly mode?: string;
  readonly type?: string;
  readonly name?: string;
  readonly instances?: readonly { readonly index_key?: string | number }[] | null;
}

/** @throws CliError when a text is no state of Terraform. */
export function summarize(text: string): StateSummary {
  const state = parse(text);
  return {
    serial: state.serial ?? 0,
    lineage: state.lineage ?? "",
    terraform: state.terraform_version ?? "",
    resources: (state.resources ?? [])
      .filter(({ mode }) => mode !== "data")
      .flatMap(({ module, type, name, instances }) =>
        (instances ?? []).map(({ index_key: index }) => {
          const address = `${module === undefined ? "" : `${module}.`}${type}.${name}`;
          return index === undefined ? address : `${address}[${JSON.stringify(index)}]`;
        }),
      ),
    outputs: Object.keys(state.outputs ?? {}),
  };
}

/**
 * An old state as the next one: its content under a serial above the current, so that Terraform takes it.
 *
 * @throws CliError when the two are not states of the same history.
 */
export function restored(old: string, current: string | undefined): string {
  const state = parse(old);
  if (current === undefined) return old;
  const now = summarize(current);
  if (state.lineage !== now.lineage) {
    throw new CliError(
      EXIT.USAGE,
      `the version has lineage ${state.lineage || "none"}, and the current state ${now.lineage || "none"}: it is the state of something else`,
      "restore a version of the same lineage",
    );
  }
  const serial = Math.max(now.serial, state.serial ?? 0) + 1;
  return `${JSON.stringify({ ...state, serial }, null, 2)}\n`;
}

const checkState = schemaCheck<RawState>({
  type: "object",
  required: ["version"],
  properties: {
    version: { const: 4 },
    serial: { type: "number" },
    lineage: { type: "string" },
    terraform_version: { type: "string" },
    outputs: { type: ["object", "null"] },
    resources: {
      type: ["array", "null"],
      items: {
        type: "object",
        properties: {
          module: { type: "string" },
          mode: { type: "string" },
          type: { type: "string" },
          name: { type: "string" },
          instances: {
            type: ["array", "null"],
            items: { type: "object", properties: { index_key: { type: ["string", "number"] } } },
          },
        },
      },
    },
  },
});

function parse(text: string): RawState {
  try {
    return checkState(parseJson(text));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `this is not a state of Terraform, format 4: ${error.message}`,
      "restore an earlier version of it: npx groundplan state versions",
    );
  }
}
