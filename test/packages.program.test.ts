import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies } from "semver";
import { build } from "./cli/groundplan";
import { findings, type Manifest, missing, type Packed, pack } from "./packed";
import { temporaryFolder } from "./temporary-folder";

const ROOT = join(__dirname, "..");
const root: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

let packed: readonly Packed[];
let cli: Packed;
let local: Packed;
let modules: Packed;
let folder: string;

beforeAll(() => {
  build();
  execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b", "modules"], {
    cwd: ROOT,
  });
  folder = temporaryFolder("packed");
  packed = pack(join(folder, "vendor"));
  [cli, local, modules] = packed as [Packed, Packed, Packed];
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
    const node = [
      ...[
        "cgroup",
        "credentials",
        "forward",
        "image",
        "init",
        "main",
        "names",
        "ports",
        "run",
        "services",
      ].map((name) => `node/${name}.go`),
      "pause/main.go",
    ];
    const tools = ["go.mod", "go.sum", "kwok/go.mod", "kwok/go.sum", "redis/main.go", ...argocd, ...node];
    const about = ["LICENSE", "README.md", "package.json"];
    expect([...beside].sort()).toEqual(
      [...python, ...about, "requirements.txt", ...tools.map((file) => `tools/${file}`)].sort(),
    );

    const rest = [...cli.files, ...local.files].filter((file) => !/\.(?:js|d\.ts)$/.test(file));
    // The form of what stacks declare, which the command line reads, and the prices that it reckons with.
    const schema = "dist/artifact/deployables.schema.json";
    const runtimes = "dist/artifact/runtimes.json";
    const prices = "dist/cost/prices/aws.json";
    const support = "dist/doctor/support.json";
    expect(rest.filter((file) => file.startsWith("dist/"))).toEqual([schema, runtimes, prices, support]);
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
        "bin/idp.js",
        "commands.json",
        "preview-config.schema.json",
        ...schemas,
        "prices.schema.json",
        "settings.schema.json",
        "usage.schema.json",
        ...templates,
      ].sort(),
    );
    expect(cli.files.filter((file) => file.endsWith(".d.ts"))).toEqual([]);
  });

  test("of the constructs, is scripts with their types, the schema, the charts and the script of runners", () => {
    const rest = modules.files.filter((file) => !/^dist\/.*\.(?:js|d\.ts)$/.test(file));
    expect(rest.filter((file) => !file.startsWith("gitops/chart/")).sort()).toEqual([
      "LICENSE",
      "README.md",
      "artifact/deployables.schema.json",
      "package.json",
      "runner/user-data/runner.sh",
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
