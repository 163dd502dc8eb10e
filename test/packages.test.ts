import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { build } from "./cli/groundplan";

const ROOT = join(__dirname, "..");

/** What npm would pack of a workspace. */
interface Packed {
  /** Folder of the workspace. */
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];

  /** Paths within the package. */
  readonly files: readonly string[];
}

/** The package that an import names, e.g. `@aws-sdk/client-s3`. */
const packageOf = (path: string): string => path.split("/", path.startsWith("@") ? 2 : 1).join("/");

/** Asks npm, of what is built: that alone is what `prepack` would do. */
function pack(workspace: string): Packed {
  const folder = join(ROOT, workspace);
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  // An array, or an object by name: it depends on npm's version.
  const [{ files } = { files: [] }] = Object.values(
    JSON.parse(text) as Record<string, { readonly files: readonly { readonly path: string }[] }>,
  );
  const { name, dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    dependencies: Readonly<Record<string, string>>;
  };
  return { folder, name, dependencies: Object.keys(dependencies), files: files.map(({ path }) => path) };
}

/** What packed scripts import that an installation would not have. */
function missing({ folder, name, dependencies, files }: Packed): readonly string[] {
  const there = new Set(files);
  const faults = files
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const imported = [...text.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, path = ""]) => path);
      return imported
        .filter((path) => {
          if (!path.startsWith(".")) return !isBuiltin(path) && !dependencies.includes(packageOf(path));
          const target = posix.join(posix.dirname(file), path);
          return !["", ".js", "/index.js"].some((end) => there.has(`${target}${end}`));
        })
        .map((path) =>
          path.startsWith(".") ? `${name}/${file} -> ${path}` : `${name} -> ${packageOf(path)}`,
        );
    });
  return [...new Set(faults)].sort();
}

/** Installs packages into a folder as npm does: copies of what is packed, and beside them their dependencies alone. */
function install(packages: readonly Packed[], folder: string): void {
  const modules = join(folder, "node_modules");
  for (const { folder: source, name, files, dependencies } of packages) {
    const target = join(modules, name);
    for (const file of files) cpSync(join(source, file), join(target, file));
    const resolve = createRequire(join(source, "package.json")).resolve;
    for (const dependency of dependencies.filter((one) => !packages.some((own) => own.name === one))) {
      const place = (resolve.paths(dependency) ?? [])
        .map((path) => join(path, dependency))
        .find((path) => existsSync(path));
      if (place === undefined) throw new Error(`${dependency} of ${name} is not installed here`);
      const link = join(target, "node_modules", dependency);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(place), link);
    }
  }
}

/** Runs the installed command line, without Go and Python in reach, and without a cache. */
function installed(args: readonly string[], folder: string): Promise<{ code: number; said: string }> {
  const bin = JSON.parse(readFileSync(join(folder, "node_modules/groundplan/package.json"), "utf8")).bin;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(folder, "node_modules/groundplan", bin.groundplan), ...args],
      { cwd: folder, env: { PATH: folder, HOME: folder, XDG_CACHE_HOME: join(folder, "cache") } },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

let cli: Packed;
let local: Packed;
let folder: string;

beforeAll(() => {
  build();
  cli = pack("cli");
  local = pack("local");
  folder = mkdtempSync(join(tmpdir(), "groundplan-packed-"));
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ language: "typescript", app: "node main.js" }));
  install([cli, local], folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the command line needs the same version of the emulator as is packed beside it", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "local", "package.json"), "utf8"));
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "cli", "package.json"), "utf8"));
  expect(dependencies[local.name]).toBe(version);
});

test("what a packed script imports is packed, or a dependency", () => {
  expect(missing(cli)).toEqual([]);
  expect(missing(local)).toEqual([]);
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

test("the emulators' Python and the tools' versions are packed; sources, maps and the tests' tools are not", () => {
  const beside = local.files.filter((file) => !file.startsWith("dist/"));
  const python = ["engines", "services"].flatMap((room) =>
    readdirSync(join(local.folder, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".py"))
      .map((file) => `${room}/${file}`),
  );
  const argocd = ["controller.go", "main.go", "repository.go"].map((file) => `argocd/${file}`);
  const tools = ["go.mod", "go.sum", "kwok/go.mod", "kwok/go.sum", "redis/main.go", ...argocd];
  expect([...beside].sort()).toEqual(
    [...python, "package.json", "requirements.txt", ...tools.map((file) => `tools/${file}`)].sort(),
  );

  const rest = [...cli.files, ...local.files].filter((file) => !/\.(?:js|d\.ts)$/.test(file));
  // The form of what stacks declare: the command line reads it.
  const schema = "dist/artifact/deployables.schema.json";
  expect(rest.filter((file) => file.startsWith("dist/"))).toEqual([schema]);
});

test("installed elsewhere, it answers with all its commands", async () => {
  expect(await installed(["--help"], folder)).toMatchObject({
    code: 0,
    said: expect.stringContaining("Usage:"),
  });
});

test("installed elsewhere, it knows a mistyped command", async () => {
  const { code, said } = await installed(["boostrap"], folder);
  expect(said).toContain("Did you mean bootstrap?");
  expect(code).toBe(2);
});

test("installed elsewhere, the emulator and the cluster get as far as the programs that are not there", async () => {
  expect((await installed(["local", "up"], folder)).said).toContain("Python");
  expect((await installed(["local", "cluster", "up"], folder)).said).toContain("Go is not on PATH");
});

test("without the emulator's package, or the versions of its tools, it fails", async () => {
  const broken = mkdtempSync(join(tmpdir(), "groundplan-packed-"));
  try {
    install([cli, local], broken);
    rmSync(join(broken, "node_modules", local.name, "tools"), { recursive: true });
    expect((await installed(["local", "cluster", "up"], broken)).said).toContain("go.mod");
    rmSync(join(broken, "node_modules", local.name), { recursive: true });
    const { code, said } = await installed(["--help"], broken);
    expect(said).toContain("@groundplan/local");
    expect(code).toBe(1);
  } finally {
    rmSync(broken, { recursive: true, force: true });
  }
});
