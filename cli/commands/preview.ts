import type { Command } from "commander";
import { addAnnounce } from "./preview/announce";
import { addConfig } from "./preview/config";
import { addCost } from "./preview/cost";
import { addCreate } from "./preview/create";
import { addDashboard } from "./preview/dashboard";
import { addDestroy } from "./preview/destroy";
import { addDoctor } from "./preview/doctor";
import { addExec } from "./preview/exec";
import { addExtend } from "./preview/extend";
import { addGc } from "./preview/gc";
import { addImage } from "./preview/image";
import { addList } from "./preview/list";
import { addLogs } from "./preview/logs";
import { addOpen } from "./preview/open";
import { examples } from "./preview/options";
import { addSleep, addWake } from "./preview/sleep";
import { addStatus } from "./preview/status";
import { addTemplate } from "./preview/template";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS: readonly ((preview: Command) => void)[] = [
  addCreate,
  addExtend,
  addDestroy,
  addList,
  addStatus,
  addLogs,
  addOpen,
  addExec,
  addCost,
  addDashboard,
  addAnnounce,
  addImage,
  addSleep,
  addWake,
  addGc,
  addDoctor,
  addConfig,
  addTemplate,
];

/** Adds `groundplan preview …`. */
export function addPreview(program: Command): void {
  const preview = program
    .command("preview")
    .summary("preview environments: from a branch to an HTTPS address, and back to nothing")
    .description(
      "Makes, lists, wakes and destroys preview environments: a service in a container with an HTTPS address, with a database of its own where it wants one, for as long as it is needed. `idp` is short for `groundplan preview`.",
    )
    .addHelpText(
      "after",
      examples("create --template api-service --name payment-api", "list", "destroy payment-api"),
    );
  for (const add of SUBCOMMANDS) add(preview);
}
