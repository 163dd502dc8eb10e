import { pluralize } from "../console/words";
import { runSteps } from "../progress/tasks";
import { synthesizeApp } from "./app";
import { type Project, readStacks, type Stack } from "./project";

/** The stacks of a project: freshly synthesized, or those that are there. */
export async function synthesizeOrRead(
  project: Project,
  synth: boolean,
  quiet = false,
): Promise<readonly Stack[]> {
  if (!synth) return readStacks(project);
  let stacks: readonly Stack[] = [];
  const run = async () => {
    stacks = await synthesizeApp(project);
    return pluralize(stacks.length, "stack", "stacks");
  };
  await runSteps([{ title: "Synthesize", run }], {}, quiet);
  return stacks;
}
