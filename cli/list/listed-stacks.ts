import { CliError } from "../console/errors";
import { s3State } from "../project/backend";
import { nameOf } from "../project/environment";
import { Graph } from "../project/graph";
import { allowedAccounts, regionOf, type Stack } from "../project/project";
import { StateStore } from "../state/store";

/** Value of `format` in the list of stacks. */
export const LIST_FORMAT = "groundplan.list";

/** Version of the format; a change that an older reader would misread raises it. */
export const LIST_VERSION = 1;

/** What `groundplan list --json` prints. */
export interface StackList {
  readonly format: typeof LIST_FORMAT;
  readonly version: typeof LIST_VERSION;

  /** The stacks, upstream first. */
  readonly stacks: readonly ListedStack[];
}

/** A stack of the app. */
export interface ListedStack {
  readonly name: string;
  readonly environment?: string;
  readonly unit: string;

  /** Names of the stacks that have to be applied before, directly. */
  readonly dependencies: readonly string[];

  /** Accounts that its AWS provider allows. */
  readonly accounts: readonly string[];

  /** Region of its AWS provider. */
  readonly region?: string;

  /** Resources that it has in the code, without data sources; those that a module makes are not counted. */
  readonly resources: number;
  readonly state: ListedState;
}

/** Where a stack keeps its state. */
export interface ListedState {
  /** Terraform's name of the backend, e.g. `s3`; `local` without one. */
  readonly backend: string;

  /** In S3. */
  readonly bucket?: string;
  readonly key?: string;

  /** When it was written last, ISO 8601 in UTC; null when it is not there. Only when it was looked for. */
  readonly written?: string | null;

  /** Why it could not be looked for. */
  readonly unseen?: string;
}

/**
 * The stacks of an app, upstream first.
 *
 * @param names - only these.
 */
export function listStacks(stacks: readonly Stack[], names: readonly string[]): readonly ListedStack[] {
  const graph = new Graph(stacks);
  return graph.ordered
    .filter(({ name }) => names.includes(name))
    .map((stack) => {
      const region = regionOf(stack);
      return {
        name: stack.name,
        ...nameOf(stack),
        dependencies: graph.upstream(stack.name),
        accounts: allowedAccounts(stack),
        ...(region === undefined ? {} : { region }),
        resources: Object.values(stack.json.resource ?? {}).reduce(
          (sum, named) => sum + Object.keys(named).length,
          0,
        ),
        state: stateOf(stack),
      };
    });
}

function stateOf(stack: Stack): ListedState {
  const [backend = "local"] = Object.keys(stack.json.terraform?.backend ?? {});
  const s3 = s3State(stack);
  return { backend, ...(s3 ? { bucket: s3.bucket, key: s3.key } : {}) };
}

/** The same stacks, with when the states in S3 were written last. What cannot be looked for hides none of the others. */
export async function withStates(
  listed: readonly ListedStack[],
  stacks: readonly Stack[],
): Promise<readonly ListedStack[]> {
  return Promise.all(
    listed.map(async (one) => {
      const stack = stacks.find(({ name }) => name === one.name);
      if (!stack || one.state.backend !== "s3") return one;
      return { ...one, state: { ...one.state, ...(await written(stack)) } };
    }),
  );
}

async function written(stack: Stack): Promise<Pick<ListedState, "written" | "unseen">> {
  try {
    const modified = await StateStore.of(stack).modified();
    return { written: modified?.toISOString() ?? null };
  } catch (error) {
    if (error instanceof CliError) return { unseen: error.message };
    throw error;
  }
}
