import type { Command } from "commander";
import { addSubcommands } from "../console/subcommands";
import { examples } from "./preview/options";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS = {
  create: async () => (await import("./preview/create.js")).addCreate,
  extend: async () => (await import("./preview/extend.js")).addExtend,
  destroy: async () => (await import("./preview/destroy.js")).addDestroy,
  list: async () => (await import("./preview/list.js")).addList,
  status: async () => (await import("./preview/status.js")).addStatus,
  logs: async () => (await import("./preview/logs.js")).addLogs,
  open: async () => (await import("./preview/open.js")).addOpen,
  exec: async () => (await import("./preview/exec.js")).addExec,
  cost: async () => (await import("./preview/cost.js")).addCost,
  dashboard: async () => (await import("./preview/dashboard.js")).addDashboard,
  announce: async () => (await import("./preview/announce.js")).addAnnounce,
  image: async () => (await import("./preview/image.js")).addImage,
  sleep: async () => (await import("./preview/sleep.js")).addSleep,
  wake: async () => (await import("./preview/sleep.js")).addWake,
  gc: async () => (await import("./preview/gc.js")).addGc,
  doctor: async () => (await import("./preview/doctor.js")).addDoctor,
  config: async () => (await import("./preview/config.js")).addConfig,
  template: async () => (await import("./preview/template.js")).addTemplate,
};

/** Adds `groundplan preview …`. */
export async function addPreview(program: Command, named?: string): Promise<void> {
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
  await addSubcommands(preview, SUBCOMMANDS, named);
}
