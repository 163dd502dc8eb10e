import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TargetTerraform } from "../../../../cli/artifact/lambda/terraform";
import type { Target } from "../../../../cli/artifact/target";
import { temporaryFolder } from "../../../temporary-folder";

let root: string;
beforeEach(() => {
  root = temporaryFolder("target");
});

/** Terraform on a stack that repeats its secrets in an error. */
function targetTerraform(mask: readonly string[]): TargetTerraform {
  const folder = join(root, "cdktf.out", "stacks", "dev-api");
  mkdirSync(folder, { recursive: true });
  const json = {
    terraform: { backend: { local: { path: join(root, "terraform.tfstate") } } },
    variable: { login: { type: "string", sensitive: true, default: "Quiet Otter!42" } },
    resource: {
      terraform_data: {
        function: {
          input: { admin_password: "Loud-Heron-77" },
          lifecycle: {
            precondition: [
              {
                condition: "${length(var.login) > 99}",
                error_message: "${nonsensitive(var.login)} and Loud-Heron-77 are taken.",
              },
            ],
          },
        },
      },
    },
  };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(json));
  const stack = { name: "dev-api", folder, dependencies: [], json };
  const target = {
    stack,
    functionAddress: "terraform_data.function",
    aliasAddress: "terraform_data.alias",
    canaryAddresses: [],
  } as unknown as Target;
  return new TargetTerraform(target, {
    project: { root, app: "", output: join(root, "cdktf.out") },
    terraform: { command: "terraform", product: "Terraform", version: "1.11.4" },
    env: {},
    mask,
    shareProvider: false,
    progress: () => undefined,
  });
}

test("a deploy whose plan fails shows no secret that Terraform repeats, marked or of a masked name", async () => {
  const terraform = targetTerraform(["*_password"]);
  await terraform.init();

  await expect(terraform.plan(false)).rejects.toThrow("(sensitive value) and (sensitive value) are taken.");
});

test("planted fault: without the mask, what nobody marked is shown", async () => {
  const terraform = targetTerraform([]);
  await terraform.init();

  await expect(terraform.plan(false)).rejects.toThrow("(sensitive value) and Loud-Heron-77 are taken.");
});
