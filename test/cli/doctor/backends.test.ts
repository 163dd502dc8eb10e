import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkCredentials } from "../../../cli/doctor/account";
import { checkOtherBackends } from "../../../cli/doctor/backends";
import { checkLock } from "../../../cli/doctor/providers";
import type { Project, Stack, StackJson } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";

const environment = { ...process.env };
let folder: string;
beforeEach(() => {
  folder = temporaryFolder("backends");
  for (const name of Object.keys(process.env)) if (name.startsWith("TF_")) delete process.env[name];
  process.env.HOME = folder;
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

const stack = (name: string, terraform?: StackJson["terraform"]): Stack => ({
  name,
  folder,
  dependencies: [],
  json: terraform ? { terraform } : {},
});

test("HCP Terraform is told of, and what logs in where there is no token", () => {
  const stacks = [stack("a", { cloud: { organization: "acme" } }), stack("b", { cloud: {} })];
  expect(checkOtherBackends(stacks)).toEqual([
    {
      check: "Backend",
      level: "warn",
      found: "HCP Terraform at app.terraform.io, of 2 stacks: no token of it was found",
      instead: "log in: terraform login app.terraform.io; in CI: set TF_TOKEN_app_terraform_io",
    },
  ]);
  process.env.TF_TOKEN_app_terraform_io = "a-token";
  expect(checkOtherBackends(stacks)).toMatchObject([{ level: "ok" }]);
  const file = join(folder, "terraform.rc");
  writeFileSync(file, 'credentials "tfe.example.com" {\n  token = "a-token"\n}\n');
  process.env.TF_CLI_CONFIG_FILE = file;
  const enterprise = [stack("a", { backend: { remote: { hostname: "tfe.example.com" } } })];
  expect(checkOtherBackends(enterprise)).toMatchObject([
    { level: "ok", found: "Terraform Enterprise at tfe.example.com, of 1 stack" },
  ]);
});

test("every other backend is told of once, and only a file of this machine is a fault", () => {
  const gcs = { backend: { gcs: { bucket: "b" } } };
  expect(checkOtherBackends([stack("a", gcs), stack("b", gcs), stack("c")])).toMatchObject([
    { level: "ok", found: "gcs, of 2 stacks; Terraform alone speaks to it" },
    { level: "warn", found: expect.stringContaining("1 stack of 3 keeps its state in a file here") },
  ]);
});

test("an S3 backend is not looked at here, unless it names no bucket", () => {
  expect(checkOtherBackends([stack("a", { backend: { s3: { bucket: "b", key: "k" } } })])).toEqual([]);
  expect(checkOtherBackends([stack("a", { backend: { s3: { key: "k" } } })])).toMatchObject([
    { level: "warn", found: expect.stringContaining("of a names no bucket") },
  ]);
});

test("credentials of AWS and a provider lock are asked for where a stack needs them", async () => {
  const none = [stack("a", { backend: { gcs: {} } })];
  const one = [stack("a", { required_providers: { aws: { source: "aws", version: "~> 5.0" } } })];
  const lock = (stacks: readonly Stack[]) => checkLock({ root: folder } as Project, stacks, undefined);
  expect(await checkCredentials(none)).toMatchObject({ finding: { level: "ok" } });
  // Before a synth nobody knows.
  const before = { ...process.env };
  try {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    const files = { AWS_CONFIG_FILE: "/none", AWS_SHARED_CREDENTIALS_FILE: "/none" };
    Object.assign(process.env, files, { AWS_EC2_METADATA_DISABLED: "true" });
    const found = "no AWS credentials; whether a stack needs them is known after a synth";
    expect(await checkCredentials([])).toMatchObject({ finding: { level: "warn", found } });
    expect(await checkCredentials(one)).toMatchObject({
      finding: { level: "fail", found: "no AWS credentials" },
    });
  } finally {
    process.env = before;
  }
  expect(await lock(none)).toMatchObject({ level: "ok" });
  // Plans work without it, with whatever is the newest.
  expect(await lock(one)).toMatchObject({
    level: "warn",
    instead: expect.stringContaining("groundplan lock"),
  });
});
