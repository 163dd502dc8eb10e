import { ECSClient, ExecuteCommandCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import type { Command } from "commander";
import { nameOf, unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { runOnTerminal } from "../../console/output";
import { knownOutputs } from "../../preview/outputs";
import { PreviewPlatform } from "../../preview/platform";
import { tasksOf } from "../../preview/tasks";
import { requireTerminal } from "../confirm";
import { examples, previewOf, storeHere, type WantedFlags, withBranch } from "./options";

/** AWS's program that speaks the protocol of a session. */
const PLUGIN = "session-manager-plugin";

interface Flags extends WantedFlags {
  readonly command: string;
}

/** Adds `groundplan preview exec`. */
export function addExec(preview: Command): void {
  withBranch(
    preview
      .command("exec")
      .argument("[name]", "preview to enter")
      .summary("run a command in a task of a preview")
      .description(
        `Opens a session in the first task of a preview whose .idp/config.yml says exec: true. It needs ${PLUGIN} of AWS on PATH.`,
      ),
  )
    .option("--command <command>", "what is run there", "/bin/sh")
    .addHelpText("after", examples("exec payment-api", "exec payment-api --command 'node --version'"))
    .action(run);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  requireTerminal("run it at a terminal");
  const platform = PreviewPlatform.find();
  const { region } = platform.bucket;
  const metadata = await previewOf(storeHere(platform), name, flags);
  const outputs = knownOutputs(metadata);
  const { cluster, container } = outputs;
  if ((metadata.input.config as { readonly exec?: boolean } | undefined)?.exec !== true)
    throw new CliError(
      EXIT.USAGE,
      `preview ${metadata.name} lets nobody in`,
      "write exec: true into .idp/config.yml, and create it again",
    );
  const ecs = new ECSClient({ region });
  try {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, ...tasksOf(outputs) }));
    const [task] = taskArns;
    if (task === undefined)
      throw new CliError(
        EXIT.FAILED,
        `no task of preview ${metadata.name} runs`,
        `wake it: npx groundplan preview wake ${metadata.name}`,
      );
    const { session } = await ecs.send(
      new ExecuteCommandCommand({ cluster, task, container, command: flags.command, interactive: true }),
    );
    // The words that AWS's own command line gives it; the session is nobody else's, and ends with it.
    process.exitCode = runOnTerminal(PLUGIN, [JSON.stringify(session), region, "StartSession"]);
  } catch (error) {
    throw noSession(error, metadata.name);
  }
}

/** Why no session was opened: the task was started without ECS Exec, or nobody in it answers. */
function noSession(error: unknown, name: string): CliError {
  if (!["InvalidParameterException", "TargetNotConnectedException"].includes(nameOf(error)))
    return unreachable(error);
  return new CliError(
    EXIT.FAILED,
    `no session in preview ${name}: ${error instanceof Error ? error.message : String(error)}`,
    "a task opens sessions a minute after its start, and the local AWS never does",
    `read what it writes: npx groundplan preview logs ${name} --follow`,
  );
}
