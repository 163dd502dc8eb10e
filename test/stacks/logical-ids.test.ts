import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { addStacks } from "../../stacks";

/** Set to 1, this writes the golden files anew. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";

/** Terraform addresses of every stack, each with its stack before it, sorted. */
function addresses(): readonly string[] {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, environments);
  const stacks = app.node.children.filter((node) => TerraformStack.isStack(node));
  return stacks
    .flatMap((stack) => {
      const { resource = {} } = JSON.parse(Testing.synth(stack)) as { resource?: Record<string, object> };
      return Object.entries(resource).flatMap(([type, made]) =>
        Object.keys(made).map((id) => `${stack.node.id} ${type}.${id}`),
      );
    })
    .sort();
}

const all = addresses();
const groups = ["state", "identity", ...environments.map((environment) => environment.name)];

/** What changed between the golden addresses and those of now; empty when nothing did. */
function moves(golden: readonly string[], now: readonly string[]): string {
  const gone = golden.filter((address) => !now.includes(address));
  const come = now.filter((address) => !golden.includes(address));
  return [...gone.map((address) => `- ${address}`), ...come.map((address) => `+ ${address}`)].join("\n");
}

test.each(groups)("the addresses of %s are those that stand in states", (group) => {
  const file = join(__dirname, "golden", `${group}.txt`);
  const now = all.filter((address) => address.split(/[- ]/, 1)[0] === group);
  if (UPDATE) writeFileSync(file, `${now.join("\n")}\n`);
  const golden = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  // A new address replaces infrastructure: write a moveTo or `moved` first, then UPDATE_GOLDEN=1.
  expect(moves(golden, now)).toBe("");
});

test("each address is in one group", () => {
  const grouped = all.filter((address) => groups.includes(address.split(/[- ]/, 1)[0] ?? ""));
  expect(grouped).toEqual(all);
  expect(new Set(all).size).toBe(all.length);
});

test("an address that moves is told", () => {
  expect(moves(["dev-network aws_vpc.a"], ["dev-network aws_vpc.b"])).toBe(
    "- dev-network aws_vpc.a\n+ dev-network aws_vpc.b",
  );
});
