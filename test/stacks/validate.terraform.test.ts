import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { addStacks } from "../../stacks";
import { TerraformFolder } from "../terraform";

const LOCK = readFileSync(join(__dirname, "..", "..", ".terraform.lock.hcl"), "utf8");

/** Every stack of every environment as JSON, by its id. */
function stacks(): ReadonlyMap<string, string> {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, environments);
  const all = app.node.children.filter((node) => TerraformStack.isStack(node));
  return new Map(all.map((stack) => [stack.node.id, Testing.synth(stack)]));
}

/** The stacks as modules of one configuration, so that the provider's schema is loaded once for all. */
async function validate(configurations: ReadonlyMap<string, string>) {
  const folder = new TerraformFolder();
  try {
    const modules = [...configurations.keys()].map((id) => [id, { source: `./${id}` }]);
    folder.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
    folder.write(".terraform.lock.hcl", LOCK);
    for (const [id, json] of configurations) folder.write(`${id}/cdk.tf.json`, json);
    await folder.succeed("init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly");
    const { output } = await folder.run("validate", "-json");
    const { diagnostics } = JSON.parse(output) as { diagnostics: { severity: string; summary: string }[] };
    // A module's backend is ignored, which is what is wanted here.
    return diagnostics.filter(({ summary }) => summary !== "Backend configuration ignored");
  } finally {
    folder.remove();
  }
}

test("the real provider finds no fault in any stack of any environment", async () => {
  const all = stacks();
  expect(all.size).toBe(1 + 3 * environments.length);
  expect(await validate(all)).toEqual([]);
}, 300_000);

test("an argument that the provider does not know is found in its stack", async () => {
  const [state] = [...stacks()];
  if (!state) throw new Error("no stack");
  const [id, json] = state;
  const faulty = JSON.parse(json);
  for (const bucket of Object.values<Record<string, unknown>>(faulty.resource.aws_s3_bucket))
    bucket.bukket = "x";
  expect(await validate(new Map([[id, JSON.stringify(faulty)]]))).toMatchObject([
    {
      severity: "error",
      summary: "Extraneous JSON object property",
      range: { filename: expect.stringMatching(/^state\//) },
    },
  ]);
}, 300_000);
