import { join } from "node:path";
import { status } from "@groundplan/local";
import type { Project } from "../project/project";
import { type Finding, ok, warn } from "./finding";

/** The local AWS: whether it runs, and whether this shell speaks to it. */
export async function checkEmulator(
  { root }: Project,
  endpoint = process.env.AWS_ENDPOINT_URL,
): Promise<Finding> {
  const check = "Emulator";
  const running = await status({ stateDirectory: join(root, ".groundplan", "local") });
  if (!running) return ok(check, "not running; start it with: npx groundplan local up");
  const versions = running.emulators.map(({ name, version }) => `${name} ${version}`).join(", ");
  const sick = running.emulators.filter(({ healthy }) => !healthy).map(({ name }) => name);
  const found = `${running.endpoint}, account ${running.account}: ${versions}`;
  if (sick.length > 0)
    return warn(
      check,
      `${found}; ${sick.join(", ")} does not answer`,
      "start it anew: npx groundplan local down && npx groundplan local up",
    );
  if (endpoint !== running.endpoint) {
    return ok(check, `${found}; this shell does not speak to it (eval "$(npx groundplan local env)")`);
  }
  return ok(check, found);
}
