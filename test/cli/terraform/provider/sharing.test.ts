import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack, StackJson } from "../../../../cli/project/project";
import { sharingKey, sharingKeys, sharingObstacle } from "../../../../cli/terraform/provider/sharing";
import { temporaryFolder } from "../../../temporary-folder";

const folder = temporaryFolder("sharing");

const REQUIRED = { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } };

/** A stack whose AWS provider has a block. */
function stack(name: string, block: object, more: object = {}): Stack {
  const json = { terraform: { required_providers: REQUIRED }, provider: { aws: [block] }, ...more };
  return { name, folder, dependencies: [], json: json as StackJson };
}

const REGION = { region: "eu-west-1", default_tags: [{ tags: { Team: "platform" } }] };

test("stacks that configure the provider alike share it, one that nobody is like has one for its own commands", () => {
  const stacks = [stack("dev-a", REGION), stack("dev-b", REGION), stack("dev-c", { region: "us-east-1" })];

  const keys = sharingKeys(stacks, () => ({ TF_CLI_CONFIG_FILE: "terraform.rc" }));

  expect([...keys.keys()]).toEqual(["dev-a", "dev-b", "dev-c"]);
  expect(keys.get("dev-a")).toBe(keys.get("dev-b"));
  expect(keys.get("dev-c")).not.toBe(keys.get("dev-a"));
});

test("stacks of other credentials are other groups", () => {
  const stacks = ["dev-a", "dev-b", "prod-a", "none-a"].map((name) => stack(name, REGION));
  const env = ({ name }: Stack) =>
    name.startsWith("none") ? { AWS_ACCESS_KEY_ID: undefined } : { AWS_PROFILE: name.slice(0, -2) };

  const keys = sharingKeys(stacks, env);

  expect(keys.get("dev-a")).toBe(keys.get("dev-b"));
  expect(new Set(keys.values()).size).toBe(3);
  // A variable that is taken away is not one that never was there.
  expect(keys.get("none-a")).not.toBe(sharingKeys(stacks, () => ({})).get("none-a"));
});

test.each([
  ["another Region", { region: "us-east-1" }],
  ["another role", { ...REGION, assume_role: [{ role_arn: "arn:aws:iam::123456789012:role/deploy" }] }],
  ["other tags", { region: "eu-west-1", default_tags: [{ tags: { Team: "other" } }] }],
  ["another endpoint", { ...REGION, endpoints: [{ sts: "http://127.0.0.1:4566" }] }],
])("%s is another group", (_, block) => {
  expect(sharingKey(stack("b", block))).toBeDefined();
  expect(sharingKey(stack("b", block))).not.toBe(sharingKey(stack("a", REGION)));
});

test("other versions are another group", () => {
  const version = { aws: { source: "hashicorp/aws", version: "~> 6.0" } };
  const other = sharingKey(stack("b", REGION, { terraform: { required_providers: version } }));
  expect(other).toBeDefined();
  expect(other).not.toBe(sharingKey(stack("a", REGION)));
});

test.each([
  ["an alias", { provider: { aws: [{ ...REGION, alias: "eu" }] } }],
  ["a second configuration", { provider: { aws: [REGION, { region: "us-east-1", alias: "us" }] } }],
  ["a reference", { provider: { aws: [{ region: "${var.region}" }] } }],
  ["a reference deep below", { provider: { aws: [{ default_tags: [{ tags: { A: "x ${local.a}" } }] }] } }],
  ["a directive", { provider: { aws: [{ region: "%{ if true }a%{ endif }" }] } }],
  ["certificates of its own", { provider: { aws: [{ ...REGION, custom_ca_bundle: "ca.pem" }] } }],
  ["a module", { module: { vpc: { source: "./vpc" } } }],
  ["no configuration", { provider: {} }],
  ["one that is no list", { provider: { aws: REGION } }],
  ["no requirement", { terraform: {} }],
  [
    "another provider",
    { terraform: { required_providers: { aws: { source: "octo/aws", version: "1.0.0" } } } },
  ],
  [
    "two names for it",
    { terraform: { required_providers: { ...REQUIRED, more: { source: "hashicorp/aws" } } } },
  ],
])("%s shares nothing", (_, more) => {
  expect(sharingKey(stack("a", REGION))).toBeDefined();
  expect(sharingKey(stack("a", REGION, more))).toBeUndefined();
});

test("a file beside the synthesized one, which may configure a provider, shares nothing", () => {
  writeFileSync(join(folder, "cdk.tf.json"), "{}");
  expect(sharingKey(stack("a", REGION))).toBeDefined();
  writeFileSync(join(folder, "more.tf"), "");
  expect(sharingKey(stack("a", REGION))).toBeUndefined();
  rmSync(join(folder, "more.tf"));
});

test("where sharing would change what a user sees, nothing is shared", () => {
  expect(sharingObstacle("Terraform", {}, "linux")).toBeUndefined();
  expect(sharingObstacle("Terraform", { AWS_CA_BUNDLE: __filename }, "linux")).toBeUndefined();
  expect(sharingObstacle("OpenTofu", {}, "linux")).toMatch(/OpenTofu/);
  expect(sharingObstacle("Terraform", {}, "win32")).toMatch(/Windows/);
  expect(sharingObstacle("Terraform", { AWS_CA_BUNDLE: __filename }, "darwin")).toMatch(/AWS_CA_BUNDLE/);
  expect(sharingObstacle("Terraform", { AWS_CA_BUNDLE: "/nowhere.pem" }, "linux")).toMatch(/AWS_CA_BUNDLE/);
  expect(sharingObstacle("Terraform", { TF_LOG_PROVIDER: "trace" }, "linux")).toMatch(/TF_LOG_PROVIDER/);
  expect(sharingObstacle("Terraform", { TF_REATTACH_PROVIDERS: "{}" }, "linux")).toMatch(/REATTACH/);
  expect(sharingObstacle("Terraform", { TF_DATA_DIR: "data" }, "linux")).toMatch(/TF_DATA_DIR/);
});
