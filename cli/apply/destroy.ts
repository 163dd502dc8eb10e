import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { PlanProps } from "../plan/plan";
import { Graph } from "../project/graph";
import type { Stack } from "../project/project";
import { type Preview, previewPlan } from "./preview";
import { guardedByCode, type Protected, type Protections, protectionsOf } from "./protected";

/** What a destroy would do. */
export interface PlannedDestroy extends Preview {
  readonly protections: Protections;

  /** Names of the stacks of which anything stands. */
  readonly standing: readonly string[];
}

/**
 * Plans to destroy stacks, and makes sure that it can come to its end: that no stack which still stands depends on them,
 * and that nothing is protected.
 *
 * @throws CliError that names what stands against it; then nothing was touched.
 */
export async function planDestroy(props: Omit<PlanProps, "scope" | "destroy">): Promise<PlannedDestroy> {
  const guarded = guardedByCode(props.stacks, props.names);
  if (guarded.length > 0) throw refusal(guarded);
  await refuseDependents(props);
  const preview = await previewPlan({ ...props, destroy: true });
  const { review } = preview;
  const failed = review.run.stacks.filter(({ status }) => status === "failed" || status === "interrupted");
  if (failed.length > 0) {
    throw new CliError(
      EXIT.FAILED,
      `the destroy of ${failed.map(({ name }) => name).join(", ")} could not be planned`,
      ...(failed[0]?.error?.message.split("\n") ?? []),
      "nothing was destroyed",
    );
  }
  const changed = review.run.stacks.filter(({ status }) => status === "changed");
  const plans = new Map(changed.map((stack) => [stack.name, review.document(stack)]));
  return { ...preview, protections: protectionsOf(plans), standing: changed.map(({ name }) => name) };
}

/** What is protected, as an error: begun, the destroy would stop half-way. */
export function refusal(refused: readonly Protected[]): CliError {
  return new CliError(
    EXIT.FAILED,
    "what is protected cannot be destroyed, and nothing was",
    ...refused.map(({ stack, address, why }) => `${address} of ${stack}: ${why}`),
    "take the protection away in the code and apply that; or leave the stack out",
  );
}

/** @throws CliError when a stack that is to stay depends on one that is not, and stands. */
async function refuseDependents(props: Omit<PlanProps, "scope" | "destroy">): Promise<void> {
  const dependents = dependentsOf(props.stacks, props.names);
  if (dependents.length === 0) return;
  // What was never applied, or is destroyed already, depends on nothing.
  const result = `${props.result}-dependents`;
  const { review } = await previewPlan({ ...props, names: dependents, destroy: true, result });
  const standing = review.run.stacks.filter(({ status }) => status !== "unchanged");
  if (standing.length === 0) return;
  const graph = new Graph(props.stacks);
  throw new CliError(
    EXIT.FAILED,
    "stacks that still stand depend on these, and nothing was destroyed",
    ...standing.map(({ name, status }) => {
      const on = props.names.filter((one) => graph.dependsOn(name, one));
      const end = status === "failed" ? ", and whether it stands could not be planned" : "";
      return `${name} depends on ${on.join(", ")}${end}`;
    }),
    `destroy them too: npx groundplan destroy ${[...props.names, ...standing.map(({ name }) => name)].join(" ")}`,
  );
}

/** Names of the stacks beside some that depend on one of them, however far. */
export function dependentsOf(stacks: readonly Stack[], names: readonly string[]): readonly string[] {
  const graph = new Graph(stacks);
  return graph.ordered.flatMap(({ name }) =>
    !names.includes(name) && names.some((one) => graph.dependsOn(name, one)) ? [name] : [],
  );
}

/** What has to be typed before stacks are destroyed, and how many each name stands for. */
export interface Confirmation {
  readonly name: string;
  readonly stacks: readonly string[];
}

/** The environments of stacks, each to be typed; of a single stack, or one of no environment, the stack itself. */
export function confirmationsOf(
  stacks: readonly Pick<Stack, "name" | "environment">[],
): readonly Confirmation[] {
  const [only] = stacks;
  if (only !== undefined && stacks.length === 1) return [{ name: only.name, stacks: [only.name] }];
  const found = new Map<string, string[]>();
  for (const { name, environment = name } of stacks) {
    found.set(environment, [...(found.get(environment) ?? []), name]);
  }
  return [...found].map(([name, all]) => ({ name, stacks: all }));
}
