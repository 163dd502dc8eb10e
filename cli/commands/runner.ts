import type { Command } from "commander";
import { addDoctor } from "./runner/doctor";
import { addList } from "./runner/list";
import { addLogs } from "./runner/logs";
import { examples } from "./runner/options";
import { addRetire } from "./runner/retire";
import { addStart } from "./runner/start";
import { addStatus } from "./runner/status";

/** Adds `groundplan runner …`. */
export function addRunner(program: Command): void {
  const runner = program
    .command("runner")
    .summary("self-hosted runners: what runs, what waits, and what is wrong")
    .description(
      "Shows the runners of GitHub Actions that an environment has, starts or ends one, reads their logs, and checks all that they need. The fleet's own function is asked: nobody needs the app's key for it.",
    )
    .addHelpText("after", examples("list", "status dev", "doctor dev"));
  for (const add of [addList, addStatus, addStart, addRetire, addLogs, addDoctor]) add(runner);
}
