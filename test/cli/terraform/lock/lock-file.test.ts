import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../../../cli/project/project";
import { formatLock, keepKnown, parseLock } from "../../../../cli/terraform/lock/lock-file";
import { fullAddress, requirementsOf } from "../../../../cli/terraform/lock/requirements";

const COMMITTED = readFileSync(join(__dirname, "..", "..", "..", "..", ".terraform.lock.hcl"), "utf8");

test("the committed lock is read and written back as it is", () => {
  expect(formatLock(parseLock(COMMITTED))).toBe(COMMITTED);
});

test("the committed lock holds every platform's archive", () => {
  const [aws, helm, kubernetes] = parseLock(COMMITTED);
  for (const provider of [helm, kubernetes]) {
    expect(provider?.hashes.filter((hash) => /^zh:[0-9a-f]{64}$/.test(hash))).toHaveLength(12);
  }

  expect(aws).toMatchObject({ version: "5.100.0", constraints: ">= 5.100.0, < 7.0.0" });
  expect(aws?.hashes.filter((hash) => /^zh:[0-9a-f]{64}$/.test(hash))).toHaveLength(15);
  expect(aws?.hashes.every((hash) => /^(h1:[A-Za-z0-9+/]{43}=|zh:[0-9a-f]{64})$/.test(hash))).toBe(true);
});

test("providers and checksums are written in order and once, without empty constraints", () => {
  const text = formatLock([
    {
      address: "registry.terraform.io/hashicorp/b",
      version: "1.0.0",
      constraints: "",
      hashes: ["zh:2", "h1:1", "zh:2"],
    },
    {
      address: "registry.terraform.io/hashicorp/a",
      version: "2.0.0",
      constraints: "~> 2.0",
      hashes: ["h1:3"],
    },
  ]);

  expect(parseLock(text).map(({ address }) => address.at(-1))).toEqual(["a", "b"]);
  expect(text).toContain('    "h1:1",\n    "zh:2",\n  ]');
  expect(text.match(/constraints/g)).toHaveLength(1);
});

test("known checksums stay with their version, and only with it", () => {
  const known = [{ address: "a", version: "1.0.0", constraints: "", hashes: ["zh:old"] }];
  const renewed = (version: string) => [{ address: "a", version, constraints: "", hashes: ["h1:new"] }];

  expect(keepKnown(renewed("1.0.0"), known)[0]?.hashes).toEqual(["h1:new", "zh:old"]);
  expect(keepKnown(renewed("1.0.1"), known)[0]?.hashes).toEqual(["h1:new"]);
});

test.each([
  ["aws", "registry.terraform.io/hashicorp/aws"],
  ["hashicorp/aws", "registry.terraform.io/hashicorp/aws"],
  ["Example.com/Acme/Thing", "example.com/acme/thing"],
])("%s is %s in full", (source, address) => {
  expect(fullAddress(source)).toBe(address);
});

function stack(name: string, version: string): Stack {
  const json = { terraform: { required_providers: { aws: { source: "aws", version } } } };
  return { name, folder: "", dependencies: [], json };
}

test("the stacks' requirements are gathered by provider", () => {
  expect(requirementsOf([stack("a", ">= 5.0"), stack("b", ">= 5.0")])).toEqual([
    { address: "registry.terraform.io/hashicorp/aws", constraints: ">= 5.0", stacks: ["a", "b"] },
  ]);
});

test("two ranges of one provider are refused: one lock holds one", () => {
  expect(() => requirementsOf([stack("a", ">= 5.0"), stack("b", "6.25.0")])).toThrow(/stacks a and b/);
});
