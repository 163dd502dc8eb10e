import { join } from "node:path";
import { SynthError, synthesize, withoutCreationStacks } from "@groundplan/modules/core";
import { App } from "cdktf";
import { readInput } from "./input";
import { completePreview } from "./output";
import { Preview } from "./preview";
import { findTemplate } from "./template";

withoutCreationStacks();
try {
  const input = readInput(process.env.PREVIEW_INPUT ?? "");
  const template = findTemplate(input.template);
  const app = new App();
  const preview = new Preview(app, input);
  completePreview(preview, template.make(preview));
  synthesize(app, { lockFile: join(process.cwd(), "..", ".terraform.lock.hcl") });
} catch (error) {
  if (!(error instanceof SynthError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
