import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformFolder } from "../terraform";
import { CdktfProject, has, succeeded } from "./cdktf-project";
import { lackedBy, lackingProviders, lockFor } from "./configurations";
import { ownStacks } from "./own-stacks";

const LACKING = lackingProviders();
const all = ownStacks();

let project: CdktfProject;

beforeAll(async () => {
  project = new CdktfProject();
  // JSON first: its leftover beside the HCL is what Terraform refuses.
  succeeded(await project.cdktf("synth"));
  succeeded(await project.cdktf("synth", "--hcl"));
});

afterAll(() => project?.remove());

test("every stack is HCL alone, with its provider lock", () => {
  expect(project.stacks()).toEqual([...all.keys()].sort());
  for (const stack of project.stacks()) {
    const files = ["cdk.tf", "cdk.tf.json", ".terraform.lock.hcl"].map((file) => has(project, stack, file));
    expect([stack, ...files]).toEqual([stack, true, false, true]);
  }
});

function hclOf(stack: string): string {
  return readFileSync(join(project.stack(stack), "cdk.tf"), "utf8");
}

/** Validates stacks as modules of one configuration: the provider's schema is loaded once for all. */
async function validate(stacks: Readonly<Record<string, string>>) {
  const folder = new TerraformFolder();
  try {
    const modules = Object.keys(stacks).map((stack) => [stack, { source: `./${stack}` }]);
    folder.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
    folder.write(".terraform.lock.hcl", lockFor(Object.keys(stacks).map((stack) => all.get(stack) ?? "{}")));
    for (const [stack, hcl] of Object.entries(stacks)) folder.write(`${stack}/cdk.tf`, hcl);
    await folder.succeed("init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly");
    const { output } = await folder.run("validate", "-json");
    const { diagnostics } = JSON.parse(output) as {
      diagnostics: { severity: string; summary: string; range?: { filename: string } }[];
    };
    // CDKTF quotes the references of depends_on in HCL, which Terraform takes with a warning.
    return diagnostics.filter(({ severity }) => severity === "error");
  } finally {
    folder.remove();
  }
}

test("the real providers find no fault in the HCL of any stack", async () => {
  const stacks = [...all.keys()]
    .filter((stack) => lackedBy(all.get(stack) ?? "{}", LACKING).length === 0)
    .map((stack) => [stack, hclOf(stack)]);
  expect(stacks.length).toBeGreaterThan(1);
  expect(await validate(Object.fromEntries(stacks))).toEqual([]);
});

for (const [stack, json] of all) {
  const lacked = lackedBy(json, LACKING);
  if (lacked.length === 0) continue;
  test.skip(`${stack} in HCL: Terraform can get ${lacked.join(" and ")} neither from a mirror nor from the registry`, () => {});
}

test("the HCL of every stack can be read at least, and a quote too few is found", async () => {
  const folder = new TerraformFolder();
  try {
    for (const stack of all.keys()) folder.write(`${stack}.tf`, hclOf(stack));
    await folder.succeed("fmt", "-no-color", "-write=false", "-list=false");
    folder.write("dev-addons.tf", hclOf("dev-addons").replace('"argocd"', '"argocd'));
    expect((await folder.run("fmt", "-no-color", "-write=false", "-list=false")).code).not.toBe(0);
  } finally {
    folder.remove();
  }
});

test("an argument that the provider does not know is found, and its stack is named", async () => {
  const hcl = hclOf("dev-network");
  const faulty = hcl.replace(/resource "aws_vpc" "[^"]+" \{/, "$&\n  bukket = 1");
  expect(await validate({ "dev-network": faulty })).toMatchObject([
    { summary: "Unsupported argument", range: { filename: "dev-network/cdk.tf" } },
  ]);
});
