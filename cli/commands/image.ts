import type { Command } from "commander";
import { addSubcommands } from "../console/subcommands";
import { examples } from "./image/options";

/** What adds each subcommand, in the order of `--help`. */
const SUBCOMMANDS = {
  names: async () => (await import("./image/names.js")).addNames,
  template: async () => (await import("./image/template.js")).addTemplate,
  validate: async () => (await import("./image/validate.js")).addValidate,
  build: async () => (await import("./image/build.js")).addBuild,
  resume: async () => (await import("./image/resume.js")).addResume,
  test: async () => (await import("./image/test.js")).addTest,
  publish: async () => (await import("./image/publish.js")).addPublish,
  share: async () => (await import("./image/share.js")).addShare,
  list: async () => (await import("./image/list.js")).addImageList,
  prune: async () => (await import("./image/prune.js")).addImagePrune,
  "release-notes": async () => (await import("./image/release-notes.js")).addReleaseNotes,
  cost: async () => (await import("./image/cost.js")).addImageCost,
};

/** Adds `groundplan image …`. */
export async function addImage(program: Command, named?: string): Promise<void> {
  const image = program
    .command("image")
    .summary("AMIs: built, copied, released and pruned")
    .description(
      "Builds machine images (AMIs) with Packer in several Regions, releases them on a tag, and removes those that nobody needs. Container images are the business of `groundplan artifact`.",
    )
    .addHelpText(
      "after",
      examples("names", "validate --tag v1.2.0 --regions us-east-1,us-west-2", "prune --dry-run"),
    );
  await addSubcommands(image, SUBCOMMANDS, named);
}
