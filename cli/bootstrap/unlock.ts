import { maskOfStacks } from "../plan/stack-secrets";
import { run } from "../process/run";
import { WorkFolder } from "../process/work-folder";
import type { StateStack } from "../project/backend";
import type { Project } from "../project/project";
import { failureOf } from "../terraform/failure";
import { BootstrapFolder } from "./workspace";

/** Releases a lock on the state of a state stack that a run has left behind. */
export async function forceUnlock(
  project: Project,
  target: StateStack,
  id: string,
  terraform: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await WorkFolder.during(project, async ({ path }) => {
    const folder = new BootstrapFolder(path);
    folder.prepare(target.stack);
    for (const args of [
      ["init", "-input=false", "-reconfigure", "-no-color"],
      ["force-unlock", "-force", "-no-color", id],
    ]) {
      const ended = await run(terraform, args, { cwd: folder.path, env });
      if (ended.exitCode !== 0) {
        const { scrub } = await maskOfStacks(project, [target.stack], { terraform, env });
        throw failureOf(`${target.stack.name}: releasing the lock`, ended.all, folder.path, { mask: scrub });
      }
    }
  });
}
