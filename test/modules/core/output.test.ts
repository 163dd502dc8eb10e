import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import {
  awsProvider,
  LOCK_FILE,
  policyDocument,
  synthesize,
  TERRAFORM_VERSIONS,
} from "@groundplan/modules/core";
import { App, TerraformStack } from "cdktf";
import { temporaryFolder } from "../../temporary-folder";

const LOCK = 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n}\n';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("output");
  writeFileSync(join(folder, LOCK_FILE), LOCK);
});
afterEach(() => {
  delete process.env.SYNTH_HCL_OUTPUT;
  rmSync(folder, { recursive: true, force: true });
});

/** Synthesizes a stack with a policy that refers to a topic; returns its files. */
function synthesizeAs(hclOutput: boolean): Readonly<Record<string, string>> {
  // What `cdktf synth --hcl` sets; CDKTF reads it at two places.
  process.env.SYNTH_HCL_OUTPUT = String(hclOutput);
  const app = new App({ outdir: join(folder, "out") });
  const stack = new TerraformStack(app, "stack");
  awsProvider(stack, { region: "us-east-1", account: "123456789012" });
  const { arn } = new SnsTopic(stack, "topic");
  const policy = policyDocument([{ Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: arn }]);
  new SnsTopicPolicy(stack, "policy", { arn, policy });
  synthesize(app, { lockFile: join(folder, LOCK_FILE) });
  const made = join(folder, "out", "stacks", "stack");
  expect(existsSync(made)).toBe(true);
  // CDKTF adds a metadata.json to HCL, which Terraform does not read.
  const read = readdirSync(made).filter((name) => name !== "metadata.json");
  return Object.fromEntries(read.map((name) => [name, readFileSync(join(made, name), "utf8")]));
}

test("JSON: the stack and its lock, with the versions and the policy's text in it", () => {
  const files = synthesizeAs(false);
  expect(Object.keys(files).sort()).toEqual([LOCK_FILE, "cdk.tf.json"]);
  const { terraform, resource } = JSON.parse(files["cdk.tf.json"] ?? "");
  expect(terraform.required_version).toBe(TERRAFORM_VERSIONS);
  expect(JSON.parse(resource.aws_sns_topic_policy.policy.policy).Statement[0].Resource).toBe(
    `\${aws_sns_topic.topic.arn}`,
  );
});

test("HCL: the versions in a file of their own, the policy as a call, the whole lock", () => {
  const files = synthesizeAs(true);
  expect(Object.keys(files).sort()).toEqual([LOCK_FILE, "cdk.tf", "versions.tf"]);
  expect(files["versions.tf"]).toContain(`required_version = "${TERRAFORM_VERSIONS}"`);
  expect(files["cdk.tf"]).not.toContain("required_version");
  expect(files["cdk.tf"]).toMatch(/policy\s*=\s*"\$\{jsonencode\(/);
  expect(files[LOCK_FILE]).toBe(LOCK);
});

test("going from one format to the other leaves nothing behind", () => {
  const names = [false, true, false].map((hcl) => Object.keys(synthesizeAs(hcl)).sort());
  expect(names).toEqual([
    [LOCK_FILE, "cdk.tf.json"],
    [LOCK_FILE, "cdk.tf", "versions.tf"],
    [LOCK_FILE, "cdk.tf.json"],
  ]);
});
