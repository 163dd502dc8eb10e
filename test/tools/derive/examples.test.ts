import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { staleFiles } from "../../../tools/derive/derive";
import { exampleManifests } from "../../../tools/derive/examples";
import { temporaryFolder } from "../../temporary-folder";

const ROOT = join(__dirname, "..", "..", "..");
const VPC = "examples/vpc/package.json";

let root: string;

beforeEach(() => {
  root = temporaryFolder("examples");
  for (const path of [
    "package.json",
    ...["modules", "cli", "local"].map((name) => `${name}/package.json`),
    VPC,
  ]) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true });
  }
});

function change(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(root, path), "utf8");
  expect(text).toMatch(from);
  writeFileSync(join(root, path), text.replace(from, to));
}

const stale = () => staleFiles(root, exampleManifests(root));

test("names what this repository has", () => {
  expect(stale()).toEqual([]);
  expect(JSON.parse(exampleManifests(root).get(VPC) ?? "").dependencies).toEqual({
    ...JSON.parse(readFileSync(join(ROOT, "modules/package.json"), "utf8")).peerDependencies,
    "@cdktf/provider-helm": undefined,
    "@cdktf/provider-kubernetes": undefined,
    "@groundplan/modules": expect.stringMatching(/^\^\d/),
  });
});

test("planted fault: an example of an earlier version is found by name", () => {
  change("modules/package.json", /"version": "[^"]*"/, '"version": "9.1.0"');
  expect(stale()).toEqual([VPC]);
  expect(exampleManifests(root).get(VPC)).toContain('"@groundplan/modules": "^9.1.0"');
});

test("a package that this repository has not is refused", () => {
  change(VPC, '"typescript"', '"left-pad"');
  expect(stale).toThrow("examples/vpc/package.json needs left-pad, which this repository has not");
});

test("an example with a lockfile has packages of its own", () => {
  change(VPC, '"typescript"', '"left-pad"');
  writeFileSync(join(root, "examples/vpc/package-lock.json"), "{}");
  expect(exampleManifests(root).size).toBe(0);
});
