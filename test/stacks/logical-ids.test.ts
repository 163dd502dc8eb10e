import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { addresses, goldenGroups, groupOf } from "../../tools/derive/addresses";

const all = addresses({ platform, environments });
const groups = goldenGroups({ environments });

/** What changed between the golden addresses and those of now; empty when nothing did. */
function moves(golden: readonly string[], now: readonly string[]): string {
  const gone = golden.filter((address) => !now.includes(address));
  const come = now.filter((address) => !golden.includes(address));
  return [...gone.map((address) => `- ${address}`), ...come.map((address) => `+ ${address}`)].join("\n");
}

test.each(groups)("the addresses of %s are those that stand in states", (group) => {
  const file = join(__dirname, "golden", `${group}.txt`);
  const now = all.filter((address) => groupOf(address, groups) === group);
  const golden = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  // A new address replaces infrastructure: write a moveTo or `moved` first, then `npm run derive`.
  expect(moves(golden, now)).toBe("");
});

test("each address is in one group", () => {
  expect(all.filter((address) => groupOf(address, groups) === undefined)).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
});

test("an address that moves is told", () => {
  expect(moves(["dev-network aws_vpc.a"], ["dev-network aws_vpc.b"])).toBe(
    "- dev-network aws_vpc.a\n+ dev-network aws_vpc.b",
  );
});

test("an address is in the group of its environment, also where another's name begins alike", () => {
  expect(groupOf("pre-prod-api aws_x.a", ["pre", "pre-prod"])).toBe("pre-prod");
  expect(groupOf("pre-api aws_x.a", ["pre", "pre-prod"])).toBe("pre");
  expect(groupOf("state-123456789012 aws_x.a", ["state", "dev"])).toBe("state");
  expect(groupOf("qa-api aws_x.a", ["state", "dev"])).toBeUndefined();
});
