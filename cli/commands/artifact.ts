import type { Command } from "commander";
import { addSubcommands } from "../console/subcommands";
import { examples } from "./artifact-examples";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS = {
  build: async () => (await import("./artifact-publish.js")).addBuild,
  check: async () => (await import("./artifact-check.js")).addCheck,
  publish: async () => (await import("./artifact-publish.js")).addPublish,
  list: async () => (await import("./artifact-overviews.js")).addList,
  current: async () => (await import("./artifact-overviews.js")).addCurrent,
  deploy: async () => (await import("./artifact-deploy.js")).addDeploy,
  promote: async () => (await import("./artifact-deploy.js")).addPromote,
  rollback: async () => (await import("./artifact-deploy.js")).addRollback,
  prune: async () => (await import("./artifact-prune.js")).addPrune,
  watch: async () => (await import("./artifact-watch.js")).addWatchDeploy,
};

/** Adds `groundplan artifact`. */
export async function addArtifact(program: Command, named?: string): Promise<void> {
  const artifact = program
    .command("artifact")
    .summary("build services, deploy them, and roll them back")
    .description(
      "Builds the services of this project into artifacts, publishes them once, and pins them in environments.",
    )
    .addHelpText("after", examples("publish api", "deploy dev", "promote staging", "rollback prod"));
  await addSubcommands(artifact, SUBCOMMANDS, named);
}
