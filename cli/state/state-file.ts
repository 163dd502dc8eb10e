import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

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
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly resources?: readonly {
    readonly module?: string;
    readonly mode?: string;
    readonly type?: string;
    readonly name?: string;
    readonly instances?: readonly { readonly index_key?: string | number }[];
  }[];
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
      .flatMap(({ module, type, name, instances = [] }) =>
        instances.map(({ index_key: index }) => {
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

function parse(text: string): RawState {
  try {
    const state = JSON.parse(text) as RawState | null;
    if (typeof state === "object" && state !== null && state.version === 4) return state;
  } catch {
    // Said below.
  }
  throw new CliError(EXIT.USAGE, "this is not a state of Terraform, format 4");
}
