import { TerraformFolder } from "../terraform";
import { lockFor } from "./configurations";

/** The stacks as modules of one configuration, so that a provider's schema is loaded once for all. @returns what Terraform says. */
export async function validate(stacks: ReadonlyMap<string, string>) {
  const folder = new TerraformFolder();
  try {
    const modules = [...stacks.keys()].map((id) => [id, { source: `./${id}` }]);
    folder.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
    folder.write(".terraform.lock.hcl", lockFor(stacks.values()));
    for (const [id, json] of stacks) folder.write(`${id}/cdk.tf.json`, json);
    await folder.succeed("init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly");
    const { output } = await folder.run("validate", "-json");
    const { diagnostics } = JSON.parse(output) as { diagnostics: { severity: string; summary: string }[] };
    // A module's backend is ignored, which is what is wanted here.
    return diagnostics.filter(({ summary }) => summary !== "Backend configuration ignored");
  } finally {
    folder.remove();
  }
}
