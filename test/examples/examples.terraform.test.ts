import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { build } from "../cli/groundplan";
import { TerraformFolder } from "../terraform";
import { EXAMPLES, InstalledExamples } from "./installed";

const ROOT = join(__dirname, "..", "..");
const read = (...path: readonly string[]) => readFileSync(join(ROOT, "examples", ...path), "utf8");

let examples: InstalledExamples;

/** JSON of each stack by example and stack. */
let stacks: ReadonlyMap<string, string>;

beforeAll(async () => {
  build();
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b", "modules"], {
    cwd: ROOT,
  });
  examples = new InstalledExamples();
  const all = new Map<string, string>();
  for (const name of EXAMPLES) {
    for (const [stack, json] of await examples.synthesize(name)) all.set(`${name}-${stack}`, json);
  }
  stacks = all;
});

afterAll(() => examples?.remove());

/** Packages that an example's program imports and its package.json does not name. */
function undeclared(source: string, manifest: string): readonly string[] {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest);
  const imported = [...source.matchAll(/^import .*? from "([^."][^"]*)";$/gms)].map(([, path = ""]) =>
    path.split("/", path.startsWith("@") ? 2 : 1).join("/"),
  );
  return [...new Set(imported)].filter(
    (name) => !isBuiltin(name) && !(name in { ...dependencies, ...devDependencies }),
  );
}

test("there are five, and each has what it needs to stand alone", () => {
  expect(EXAMPLES).toEqual([
    "eks-pod-identity",
    "function-behind-api",
    "plan-comments",
    "state-in-s3",
    "vpc",
  ]);
  for (const name of EXAMPLES) {
    for (const file of [
      ".gitignore",
      "README.md",
      "cdktf.json",
      "main.ts",
      "package.json",
      "tsconfig.json",
    ]) {
      expect({ name, file, exists: existsSync(join(ROOT, "examples", name, file)) }).toMatchObject({
        exists: true,
      });
    }
    expect({ name, undeclared: undeclared(read(name, "main.ts"), read(name, "package.json")) }).toEqual({
      name,
      undeclared: [],
    });
    expect(read("README.md")).toContain(`](${name}/README.md)`);
  }
});

test("planted fault: an import that package.json does not name is found", () => {
  const source = 'import { Vpc } from "@groundplan/modules/network";\nimport {\n  App,\n} from "cdktf";\n';
  expect(undeclared(source, '{"dependencies":{"cdktf":"1"}}')).toEqual(["@groundplan/modules"]);
});

test("plan-comments uses nothing of Groundplan but the command line", () => {
  expect(read("plan-comments", "main.ts")).not.toContain("@groundplan");
  expect(Object.keys(JSON.parse(read("plan-comments", "package.json")).dependencies)).not.toContain(
    "@groundplan/modules",
  );
});

/** What Terraform finds wrong with stacks, as modules of one configuration, so that a provider is loaded once for all. */
async function validate(all: ReadonlyMap<string, string>) {
  const folder = new TerraformFolder();
  try {
    const modules = [...all.keys()].map((id) => [id, { source: `./${id}` }]);
    folder.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
    folder.write(".terraform.lock.hcl", readFileSync(join(ROOT, ".terraform.lock.hcl"), "utf8"));
    for (const [id, json] of all) folder.write(`${id}/cdk.tf.json`, json);
    await folder.succeed("init", "-backend=false", "-input=false", "-no-color");
    const { output } = await folder.run("validate", "-json");
    const { diagnostics } = JSON.parse(output) as { diagnostics: readonly { readonly summary: string }[] };
    return diagnostics.filter(({ summary }) => summary !== "Backend configuration ignored");
  } finally {
    folder.remove();
  }
}

test("with the packed packages each synthesizes, and Terraform finds no fault in its stacks", async () => {
  expect([...stacks.keys()]).toEqual([
    "eks-pod-identity-cluster",
    "function-behind-api-dev-api",
    "function-behind-api-state",
    "plan-comments-orders",
    "state-in-s3-orders",
    "state-in-s3-state",
    "vpc-network",
  ]);
  expect(await validate(stacks)).toEqual([]);
});

test("planted fault: an argument that the provider does not know is found", async () => {
  const json = JSON.parse(stacks.get("plan-comments-orders") ?? "{}");
  json.resource.aws_sqs_queue.placed.colour = "blue";
  expect(await validate(new Map([["orders", JSON.stringify(json)]]))).toMatchObject([
    { severity: "error", summary: "Extraneous JSON object property" },
  ]);
});

test("planted fault: a property that the packed constructs do not have does not compile", async () => {
  const main = join(examples.folder("vpc"), "main.ts");
  const text = readFileSync(main, "utf8");
  writeFileSync(main, text.replace('name: "shop"', 'name: "shop", zones: 3'));
  await expect(examples.synthesize("vpc")).rejects.toThrow(/zones.* does not exist in type 'VpcProps'/);
});
