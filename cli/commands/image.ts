import type { Command } from "commander";
import { addBuild } from "./image/build";
import { addImageCost } from "./image/cost";
import { addImageList } from "./image/list";
import { addNames } from "./image/names";
import { examples } from "./image/options";
import { addImagePrune } from "./image/prune";
import { addPublish } from "./image/publish";
import { addReleaseNotes } from "./image/release-notes";
import { addResume } from "./image/resume";
import { addShare } from "./image/share";
import { addTemplate } from "./image/template";
import { addTest } from "./image/test";
import { addValidate } from "./image/validate";

const ADDERS = [
  addNames,
  addTemplate,
  addValidate,
  addBuild,
  addResume,
  addTest,
  addPublish,
  addShare,
  addImageList,
  addImagePrune,
  addReleaseNotes,
  addImageCost,
];

/** Adds `groundplan image …`. */
export function addImage(program: Command): void {
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
  for (const add of ADDERS) add(image);
}
