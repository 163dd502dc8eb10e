import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./cli/groundplan";
import { install, type Packed, pack } from "./packed";
import { temporaryFolder } from "./temporary-folder";
import { TerraformFolder } from "./terraform";

const ROOT = join(__dirname, "..");

/** Runs a program of Node in the project, without Go and Python in reach, and without a cache. */
function run(args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, env: { PATH: folder, HOME: folder, XDG_CACHE_HOME: join(folder, "cache") } },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

/** Runs the installed command line. */
const installed = (...args: readonly string[]) =>
  run([join(folder, "node_modules/groundplan", "bin/groundplan.js"), ...args]);

let packed: readonly Packed[];
let cli: Packed;
let local: Packed;
let modules: Packed;

/** An empty project outside of the repository, with the three packages and what they bring. */
let folder: string;

beforeAll(async () => {
  build();
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b", "modules"], {
    cwd: ROOT,
  });
  folder = temporaryFolder("packed");
  packed = pack(join(folder, "vendor"));
  [cli, local, modules] = packed as [Packed, Packed, Packed];
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ language: "typescript", app: "node main.js" }));
  await install(
    packed,
    folder,
    packed.map(({ tarball }) => tarball),
  );
});

describe("installed elsewhere", () => {
  test("the command line answers with all its commands", async () => {
    expect(await installed("--help")).toMatchObject({ code: 0, said: expect.stringContaining("Usage:") });
    expect(await installed("plan", "--help")).toMatchObject({
      code: 0,
      said: expect.stringContaining("Usage: groundplan plan"),
    });
    expect((await installed("--version")).said.trim()).toBe(cli.manifest.version);
  });

  test("the command line knows a mistyped command", async () => {
    const { code, said } = await installed("boostrap");
    expect(said).toContain("Did you mean bootstrap?");
    expect(code).toBe(2);
  });

  test("the emulator and the cluster get as far as the programs that are not there", async () => {
    expect((await installed("local", "up")).said).toContain("Python");
    expect((await installed("local", "cluster", "up")).said).toContain("Go is not on PATH");
  });

  test("@groundplan/local is imported, by CommonJS and as a module", async () => {
    const script = join(folder, "local.mjs");
    writeFileSync(
      script,
      `import { createRequire } from "node:module";
import { environment, status } from "@groundplan/local";
const same = createRequire(import.meta.url)("@groundplan/local").status === status;
const { AWS_ENDPOINT_URL } = environment({ endpoint: "http://127.0.0.1:1", region: "us-east-1" });
console.log(JSON.stringify([same, AWS_ENDPOINT_URL, (await status()) ?? null]));\n`,
    );
    expect(await run([script])).toEqual({ code: 0, said: '[true,"http://127.0.0.1:1",null]\n' });
  });

  test("without the bindings of Kubernetes and Helm every folder loads but gitops", async () => {
    const folders = Object.keys(modules.manifest.exports)
      .filter((path) => !/\*|json/.test(path))
      .map((path) => path.slice(2));
    const script = `const lacking = {};
for (const name of ${JSON.stringify(folders)}) {
  try { require("@groundplan/modules/" + name); } catch (error) { lacking[name] = error.code; }
}
console.log(JSON.stringify(lacking));`;
    const { said } = await run(["-e", script]);
    expect(readdirSync(join(folder, "node_modules/@cdktf"))).toEqual(["provider-aws"]);
    expect(JSON.parse(said)).toEqual({ gitops: "MODULE_NOT_FOUND" });
  });

  test("the README's stack compiles, synthesizes, and is what Terraform takes", async () => {
    const readme = readFileSync(join(folder, "node_modules/@groundplan/modules/README.md"), "utf8");
    const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    writeFileSync(join(folder, "main.ts"), example);
    const options = ["--strict", "--module", "node20", "--target", "es2022", "--skipLibCheck", "main.ts"];
    expect(await run([join(ROOT, "node_modules/typescript/bin/tsc"), "--ignoreConfig", ...options])).toEqual({
      code: 0,
      said: "",
    });
    expect(await run(["main.js"])).toEqual({ code: 0, said: "" });

    const terraform = new TerraformFolder();
    try {
      const json = join(folder, "cdktf.out/stacks/network/cdk.tf.json");
      copyFileSync(json, join(terraform.path, "cdk.tf.json"));
      copyFileSync(join(ROOT, ".terraform.lock.hcl"), join(terraform.path, ".terraform.lock.hcl"));
      await terraform.succeed("init", "-backend=false", "-input=false", "-no-color");
      const { valid, diagnostics } = JSON.parse(await terraform.succeed("validate", "-json"));
      expect({ valid, diagnostics }).toEqual({ valid: true, diagnostics: [] });
    } finally {
      terraform.remove();
    }
  });

  test("planted fault: a property that the constructs do not have is found by their types", async () => {
    writeFileSync(
      join(folder, "wrong.ts"),
      `import type { VpcProps } from "@groundplan/modules/network";
export const vpc: VpcProps = { name: "shop", cidr: "10.0.0.0/16", availabilityZones: [], zones: 3 };\n`,
    );
    const options = ["--strict", "--module", "node20", "--noEmit", "--skipLibCheck", "wrong.ts"];
    const { said } = await run([join(ROOT, "node_modules/typescript/bin/tsc"), "--ignoreConfig", ...options]);
    expect(said).toContain("'zones' does not exist in type 'VpcProps'");
  });

  test("without the emulator's package, or the versions of its tools, the command line fails", async () => {
    const place = join(folder, "node_modules", local.name);
    const aside = join(folder, "aside");
    renameSync(join(place, "tools"), aside);
    try {
      expect((await installed("local", "cluster", "up")).said).toContain("go.mod");
    } finally {
      renameSync(aside, join(place, "tools"));
    }
    renameSync(place, aside);
    try {
      const { code, said } = await installed("local", "status");
      expect(said).toContain("@groundplan/local");
      expect(code).toBe(1);
    } finally {
      renameSync(aside, place);
    }
  });
});
