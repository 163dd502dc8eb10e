import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { s3State } from "../../../cli/project/backend";
import type { Stack } from "../../../cli/project/project";
import { readsOf } from "../../../cli/project/reads";
import { workspaceOf } from "../../../cli/project/workspace";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
const environment = { ...process.env };
beforeEach(() => {
  folder = temporaryFolder("workspace");
  delete process.env.TF_WORKSPACE;
  delete process.env.TF_DATA_DIR;
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

const stackWith = (s3: object, data?: object): Stack => ({
  name: "shop",
  folder,
  dependencies: [],
  json: {
    terraform: { backend: { s3: { bucket: "states", key: "shop.tfstate", ...s3 } } },
    ...(data
      ? { data: { terraform_remote_state: { other: data as Readonly<Record<string, unknown>> } } }
      : {}),
  },
});

function select(name: string, data = ".terraform"): void {
  mkdirSync(join(folder, data), { recursive: true });
  writeFileSync(join(folder, data, "environment"), `${name}\n`);
}

test("the workspace is that of TF_WORKSPACE, else the one that is selected in the folder, else the default", () => {
  expect(workspaceOf({ folder })).toBe("default");
  select("green");
  expect(workspaceOf({ folder })).toBe("green");
  process.env.TF_WORKSPACE = "blue";
  expect(workspaceOf({ folder })).toBe("blue");
});

test("TF_DATA_DIR is where Terraform notes it", () => {
  select("green");
  select("red", "elsewhere");
  process.env.TF_DATA_DIR = "elsewhere";
  expect(workspaceOf({ folder })).toBe("red");
});

test.each(["../../other", "a/b", "..", "a b"])("refuses %j, which Terraform refuses too", (name) => {
  process.env.TF_WORKSPACE = name;
  expect(() => workspaceOf({ folder })).toThrow(/invalid workspace .*\n.*TF_WORKSPACE/);
});

test.each([
  ["default", {}, "shop.tfstate"],
  ["blue", {}, "env:/blue/shop.tfstate"],
  ["blue", { workspace_key_prefix: "envs" }, "envs/blue/shop.tfstate"],
  ["blue", { workspace_key_prefix: "" }, "blue/shop.tfstate"],
])("in workspace %s the state of %j is at %s", (workspace, block, key) => {
  process.env.TF_WORKSPACE = workspace;
  expect(s3State(stackWith(block))).toMatchObject({ key, workspace });
});

test("a remote state is of a stack only in the workspace in which that one is", () => {
  const network = { ...stackWith({ key: "network.tfstate" }), name: "network" };
  const config = { bucket: "states", key: "network.tfstate" };
  const from = (data: object) => readsOf(stackWith({}, { backend: "s3", config, ...data }), [network]);
  expect(from({})).toMatchObject([{ from: "network" }]);
  process.env.TF_WORKSPACE = "blue";
  // Terraform reads the default workspace unless it is told another one.
  expect(from({})).toEqual([]);
  expect(from({ workspace: "blue" })).toMatchObject([{ from: "network" }]);
  expect(from({ workspace: "${terraform.workspace}" })).toMatchObject([{ from: "network" }]);
  expect(from({ config: { ...config, key: "env:/blue/network.tfstate" } })).toMatchObject([
    { from: "network" },
  ]);
});
