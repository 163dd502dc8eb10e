import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies } from "semver";
import { build } from "./cli/groundplan";
import { findings, install, type Manifest, missing, type Packed, pack } from "./packed";
import { temporaryFolder } from "./temporary-folder";
import { TerraformFolder } from "./terraform";

const ROOT = join(__dirname, "..");
const root: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

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

test("the command line needs the same version of the emulator as is packed beside it", () => {
  expect(cli.manifest.dependencies?.[local.name]).toBe(local.manifest.version);
});

describe("package.json", () => {
  test("says where a package's sources, pages and bugs are, and what it is about", () => {
    for (const { manifest, folder: source } of packed) {
      const workspace = source.slice(ROOT.length + 1);
      expect(manifest).toMatchObject({
        license: "Apache-2.0",
        homepage: `https://github.com/groundplan/groundplan/tree/main/${workspace}#readme`,
        bugs: "https://github.com/groundplan/groundplan/issues",
        // A provenance is refused for another repository than the one that publishes.
        repository: {
          type: "git",
          url: "git+https://github.com/groundplan/groundplan.git",
          directory: workspace,
        },
        publishConfig: { access: "public" },
        engines: root.engines,
      });
      expect(manifest.keywords).toEqual(expect.arrayContaining(["aws", "cdktf", "terraform"]));
      expect(readFileSync(join(source, "LICENSE"), "utf8")).toBe(readFileSync(join(ROOT, "LICENSE"), "utf8"));
    }
  });

  test("@groundplan/modules exports every folder, with its types, and each file of it", () => {
    const folders = readdirSync(modules.folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !["dist", "node_modules"].includes(entry.name))
      .map(({ name }) => name);
    const entry = (path: string) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` });
    const wanted = folders.flatMap((name) => [
      [`./${name}`, entry(`${name}/index`)],
      [`./${name}/*`, entry(`${name}/*`)],
    ]);
    expect(modules.manifest.exports).toEqual({
      ...Object.fromEntries(wanted),
      "./package.json": "./package.json",
    });
  });

  test("@groundplan/modules leaves CDKTF and its bindings to the app, in ranges that this repository's versions are in", () => {
    const peers = Object.entries(modules.manifest.peerDependencies ?? {});
    expect(peers.map(([name]) => name).sort()).toEqual([
      "@cdktf/provider-aws",
      "@cdktf/provider-helm",
      "@cdktf/provider-kubernetes",
      "cdktf",
      "constructs",
    ]);
    for (const [name, range] of peers) {
      const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8"));
      expect({ name, satisfies: satisfies(version, range) }).toEqual({ name, satisfies: true });
      expect(modules.manifest.dependencies).not.toHaveProperty(name);
    }
  });
});

describe("what is packed", () => {
  test("has what its scripts import, or names it as a dependency", () => {
    for (const one of packed) expect(missing(one)).toEqual([]);
  });

  test("a dependency that package.json does not name, and a file that is not packed, are found", () => {
    const dependencies = cli.dependencies.filter(
      (name) => name !== local.name && name !== "@aws-sdk/client-s3",
    );
    expect(missing({ ...cli, dependencies })).toEqual([
      "groundplan -> @aws-sdk/client-s3",
      "groundplan -> @groundplan/local",
    ]);

    const files = local.files.filter((file) => file !== "dist/daemon/log.js");
    expect(missing({ ...local, files })).toContain("@groundplan/local/dist/daemon/main.js -> ./log");
  });

  test("has the emulators' Python and the tools' versions; sources, maps and the tests' tools are not in it", () => {
    const beside = local.files.filter((file) => !file.startsWith("dist/"));
    const python = ["engines", "services"].flatMap((room) =>
      readdirSync(join(local.folder, room), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".py"))
        .map((file) => `${room}/${file}`),
    );
    const argocd = ["controller.go", "main.go", "repository.go"].map((file) => `argocd/${file}`);
    const tools = ["go.mod", "go.sum", "kwok/go.mod", "kwok/go.sum", "redis/main.go", ...argocd];
    const about = ["LICENSE", "README.md", "package.json"];
    expect([...beside].sort()).toEqual(
      [...python, ...about, "requirements.txt", ...tools.map((file) => `tools/${file}`)].sort(),
    );

    const rest = [...cli.files, ...local.files].filter((file) => !/\.(?:js|d\.ts)$/.test(file));
    // The form of what stacks declare: the command line reads it.
    const schema = "dist/artifact/deployables.schema.json";
    expect(rest.filter((file) => file.startsWith("dist/"))).toEqual([schema]);
    // What `groundplan new` writes.
    const templates = readdirSync(join(ROOT, "cli/templates"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".template"))
      .map((file) => `templates/${file}`);
    expect(templates.length).toBeGreaterThan(0);
    // What `--json` prints.
    const schemas = readdirSync(join(ROOT, "cli/schemas")).map((file) => `schemas/${file}`);
    expect(schemas).toContain("schemas/plan.schema.json");
    expect(cli.files.filter((file) => !file.startsWith("dist/")).sort()).toEqual(
      [
        ...about,
        "bin/groundplan.js",
        "commands.json",
        ...schemas,
        "settings.schema.json",
        ...templates,
      ].sort(),
    );
    expect(cli.files.filter((file) => file.endsWith(".d.ts"))).toEqual([]);
  });

  test("of the constructs, is scripts with their types, the schema and the charts", () => {
    const rest = modules.files.filter((file) => !/^dist\/.*\.(?:js|d\.ts)$/.test(file));
    expect(rest.filter((file) => !file.startsWith("gitops/chart/")).sort()).toEqual([
      "LICENSE",
      "README.md",
      "artifact/deployables.schema.json",
      "package.json",
    ]);
    expect(rest).toContain("gitops/chart/Chart.yaml");
  });

  test("publint and attw find nothing", async () => {
    const found = await Promise.all(packed.map(({ tarball }) => findings(tarball)));
    expect(found.flat()).toEqual([]);
  });

  test("planted faults: types that are not packed, and a script without its types, are found", async () => {
    const faulty = join(folder, "faulty");
    mkdirSync(faulty);
    writeFileSync(join(faulty, "index.js"), "exports.one = 1;\n");
    writeFileSync(join(faulty, "other.js"), "exports.two = 2;\n");
    writeFileSync(join(faulty, "other.d.ts"), "export declare const two: number;\n");
    const manifest = (types: object) => ({
      name: "faulty",
      version: "1.0.0",
      type: "commonjs",
      license: "MIT",
      exports: { ".": { ...types, default: "./index.js" }, "./other": "./other.js" },
    });
    const judge = async (types: object) => {
      writeFileSync(join(faulty, "package.json"), JSON.stringify(manifest(types)));
      execFileSync("npm", ["pack", "--ignore-scripts", "--loglevel=error"], { cwd: faulty, stdio: "ignore" });
      return (await findings(join(faulty, "faulty-1.0.0.tgz"))).join("\n");
    };
    expect(await judge({ types: "./gone.d.ts" })).toMatch(/publint: [\s\S]*gone\.d\.ts[\s\S]*does not exist/);
    expect(await judge({})).toMatch(/attw: [\s\S]*UntypedResolution|attw: [\s\S]*[Nn]o types/);
  });
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
