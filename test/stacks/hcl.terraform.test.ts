import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../overlays";
import { TerraformFolder } from "../terraform";
import { CdktfProject, has, succeeded } from "./cdktf-project";

const LOCK = readFileSync(join(__dirname, "..", "..", ".terraform.lock.hcl"), "utf8");

let project: CdktfProject;

beforeAll(async () => {
  project = new CdktfProject();
  // JSON first: its leftover beside the HCL is what Terraform refuses.
  succeeded(await project.cdktf("synth"));
  succeeded(await project.cdktf("synth", "--hcl"));
}, 120_000);

afterAll(() => project?.remove());

test("every stack is HCL alone, with its provider lock", () => {
  expect(project.stacks()).toHaveLength(1 + 3 * environments.length);
  for (const stack of project.stacks()) {
    const files = ["cdk.tf", "cdk.tf.json", ".terraform.lock.hcl"].map((file) => has(project, stack, file));
    expect([stack, ...files]).toEqual([stack, true, false, true]);
  }
});

/** Validates stacks as modules of one configuration: the provider's schema is loaded once for all. */
async function validate(stacks: Readonly<Record<string, string>>) {
  const folder = new TerraformFolder();
  try {
    const modules = Object.keys(stacks).map((stack) => [stack, { source: `./${stack}` }]);
    folder.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
    folder.write(".terraform.lock.hcl", LOCK);
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

test("the real provider finds no fault in the HCL of any stack", async () => {
  const stacks = project
    .stacks()
    .map((stack) => [stack, readFileSync(join(project.stack(stack), "cdk.tf"), "utf8")]);
  expect(await validate(Object.fromEntries(stacks))).toEqual([]);
});

test("an argument that the provider does not know is found, and its stack is named", async () => {
  const hcl = readFileSync(join(project.stack("dev-network"), "cdk.tf"), "utf8");
  const faulty = hcl.replace(/resource "aws_vpc" "[^"]+" \{/, "$&\n  bukket = 1");
  expect(await validate({ "dev-network": faulty })).toMatchObject([
    { summary: "Unsupported argument", range: { filename: "dev-network/cdk.tf" } },
  ]);
});
