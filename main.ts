import { join } from "node:path";
import { SynthError, synthesize, withoutCreationStacks } from "@groundplan/modules/core";
import { App } from "cdktf";
import { environments } from "./overlays";
import { checkEnvironments } from "./overlays/checks";
import { checkPlatform } from "./overlays/platform-checks";
import { platform } from "./platform";
import { addStacks } from "./stacks";

withoutCreationStacks();
try {
  // Judged first: an app makes its output folder at once.
  const checked = { platform: checkPlatform(platform), environments: checkEnvironments(environments) };
  const app = new App();
  addStacks(app, checked.platform, checked.environments);
  synthesize(app, { lockFile: join(process.cwd(), ".terraform.lock.hcl") });
} catch (error) {
  if (!(error instanceof SynthError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
