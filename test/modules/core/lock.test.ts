import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { cutLock, installProviderLock, LOCK_FILE, requiredProviders } from "@groundplan/modules/core";
import { App, TerraformStack } from "cdktf";
import { temporaryFolder } from "../../temporary-folder";

const HEAD = "# This file is maintained automatically.\n\n";
const AWS =
  'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n  hashes = [\n    "h1:a",\n  ]\n}\n';
const HELM = 'provider "registry.terraform.io/hashicorp/helm" {\n  version = "3.1.0"\n}\n';
const LOCK = `${HEAD}${AWS}\n${HELM}`;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("lock");
});

/** An app with one stack that uses the AWS provider and one that uses none. */
function appOf(): App {
  const app = new App({ outdir: join(folder, "out") });
  new AwsProvider(new TerraformStack(app, "aws"), "aws", { region: "us-east-1" });
  new TerraformStack(app, "empty");
  return app;
}

function lockOf(stack: string): string {
  return readFileSync(join(folder, "out", "stacks", stack, LOCK_FILE), "utf8");
}

test("every stack gets the lock of the providers that it requires", () => {
  const lockFile = join(folder, LOCK_FILE);
  writeFileSync(lockFile, LOCK);
  const app = appOf();
  app.synth();
  installProviderLock(app, lockFile);
  expect(lockOf("aws").trimEnd()).toBe(`${HEAD}${AWS}`.trimEnd());
  expect(lockOf("empty").trimEnd()).toBe(HEAD.trimEnd());
  expect(readdirSync(join(folder, "out", "stacks", "aws")).sort()).toEqual([LOCK_FILE, "cdk.tf.json"]);
});

test("without a lock nothing is written", () => {
  const app = appOf();
  app.synth();
  installProviderLock(app, join(folder, "missing"));
  expect(existsSync(join(folder, "out", "stacks", "aws", LOCK_FILE))).toBe(false);
});

test("a provider's address is completed as Terraform does it", () => {
  const sources = {
    aws: { source: "aws" },
    helm: { source: "hashicorp/Helm" },
    own: { source: "example.com/a/own" },
    bare: {},
  };
  expect([...requiredProviders(JSON.stringify({ terraform: { required_providers: sources } }))]).toEqual([
    "registry.terraform.io/hashicorp/aws",
    "registry.terraform.io/hashicorp/helm",
    "example.com/a/own",
    "registry.terraform.io/hashicorp/bare",
  ]);
  expect(requiredProviders("{}").size).toBe(0);
});

test("a lock is cut by whole blocks", () => {
  expect(cutLock(LOCK, new Set(["registry.terraform.io/hashicorp/helm"]))).toBe(`${HEAD}${HELM}`);
  expect(cutLock(LOCK, new Set())).toBe(HEAD);
});

test("a stack that another synth is writing is said to be that", () => {
  expect(() => requiredProviders('{"terraform": {', "out/stacks/dev-api/cdk.tf.json")).toThrow(
    "another synth writes it at the same time\n  at out/stacks/dev-api/cdk.tf.json\n  wait until it ends",
  );
});
