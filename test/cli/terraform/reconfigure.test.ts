import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reconfiguring } from "../../../cli/terraform/reconfigure";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundplan-reconfigure-"));
  mkdirSync(join(folder, ".terraform"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
