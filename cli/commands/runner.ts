import type { Command } from "commander";
import { addSubcommands } from "../console/subcommands";
import { examples } from "./runner/options";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS = {
  list: async () => (await import("./runner/list.js")).addList,
  status: async () => (await import("./runner/status.js")).addStatus,
  start: async () => (await import("./runner/start.js")).addStart,
  retire: async () => (await import("./runner/retire.js")).addRetire,
  logs: async () => (await import("./runner/logs.js")).addLogs,
  doctor: async () => (await import("./runner/doctor.js")).addDoctor,
};

/** Adds `groundplan runner …`. */
export async function addRunner(program: Command, named?: string): Promise<void> {
  const runner = program
    .command("runner")
    .summary("self-hosted runners: what runs, what waits, and what is wrong")
    .description(
      "Shows the runners of GitHub Actions that an environment has, starts or ends one, reads their logs, and checks all that they need. The fleet's own function is asked: nobody needs the app's key for it.",
    )
    .addHelpText("after", examples("list", "status dev", "doctor dev"));
  await addSubcommands(runner, SUBCOMMANDS, named);
}
