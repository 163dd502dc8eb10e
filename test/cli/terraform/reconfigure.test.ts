import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reconfiguring } from "../../../cli/terraform/reconfigure";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("reconfigure");
  mkdirSync(join(folder, ".terraform"));
});

const path = (name: string) => join(folder, ".terraform", name);
const cloud = { terraform: { cloud: {} } };
const s3 = { terraform: { backend: { s3: {} } } };

test("HCP Terraform is told nothing, and the note of the backend before is gone", () => {
  writeFileSync(path("terraform.tfstate"), '{"backend":{"type":"s3"}}');
  expect(reconfiguring({ json: cloud, folder })).toEqual([]);
  expect(existsSync(path("terraform.tfstate"))).toBe(false);
});

test.each([
  ["cloud", false],
  ["s3", true],
])("after the backend %s, a selected workspace stays: %s", (type, stays) => {
  writeFileSync(path("terraform.tfstate"), JSON.stringify({ backend: { type } }));
  writeFileSync(path("environment"), "shop");
  expect(reconfiguring({ json: s3, folder })).toEqual(["-reconfigure"]);
  expect(existsSync(path("environment"))).toBe(stays);
});

test("what an init has left half written is taken as nothing", () => {
  writeFileSync(path("terraform.tfstate"), '{"backend":');
  expect(reconfiguring({ json: s3, folder })).toEqual(["-reconfigure"]);
});
