import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { PrivateFile } from "../process/private-file";
import { runLogged } from "../process/run";
import { WorkFolder } from "../process/work-folder";
import type { Project, Stack } from "../project/project";
import { workspaceOf } from "../project/workspace";
import { findTerraform } from "../terraform/binary";
import { failureOf } from "../terraform/failure";
import { providerEnvironment } from "../terraform/mirror";

/**
 * Writes a state by `terraform state push`: under Terraform's lock, with its checksum in the lock table, and encrypted as
 * the backend says. Terraform itself refuses it when the state was written meanwhile.
 *
 * When this process is killed, Terraform comes to its end and releases the lock; the next run waits for it.
 *
 * @param text - the state, with a serial above the current one. It lies in a file without a name: it holds secrets.
 * @param mask - takes secrets out of what Terraform says.
 * @throws CliError when the state is locked, was written meanwhile, or cannot be written.
 */
export async function pushState(
  project: Project,
  stack: Stack,
  text: string,
  mask: (text: string) => string,
): Promise<void> {
  const { command } = await findTerraform();
  const env = {
    ...providerEnvironment(join(project.root, ".groundplan", "terraform.rc")),
    // The workspace that was selected in the stack's folder; this one has a folder of its own.
    TF_WORKSPACE: workspaceOf(stack),
    TF_DATA_DIR: undefined,
  };
  await WorkFolder.during(project, (work) =>
    work.lockStack(stack.name, async () => {
      const { path: cwd } = work;
      // The backend alone: no provider has to be there.
      const backend = { terraform: { backend: stack.json.terraform?.backend } };
      writeFileSync(join(cwd, "backend.tf.json"), JSON.stringify(backend), { mode: 0o600 });
      const state = work.privateFile();
      try {
        state.write(text);
        for (const args of [
          ["init", "-input=false", "-no-color"],
          ["state", "push", "-no-color", PrivateFile.INHERITED],
        ]) {
          const log = work.privateFile();
          const props = { cwd, env, log, note: work.noteOf(stack.name), inherited: state };
          const { exitCode, all } = await runLogged(command, args, props).finally(() => log.close());
          if (exitCode !== 0) throw failureOfPush(stack, all, cwd, mask);
        }
      } finally {
        state.close();
      }
    }),
  );
}

function failureOfPush(
  { name }: Stack,
  output: string,
  folder: string,
  mask: (text: string) => string,
): CliError {
  if (/cannot (?:import|overwrite) (?:existing )?state with serial/i.test(output)) {
    return new CliError(
      EXIT.HELD,
      `the state of ${name} was written meanwhile: nothing was restored`,
      "look at its versions, and run it again: npx groundplan state versions",
    );
  }
  return failureOf(`${name}: writing the state`, output, folder, { mask });
}
