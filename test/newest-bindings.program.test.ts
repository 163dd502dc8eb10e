import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../local/install";
import { temporaryFolder } from "./temporary-folder";

// The packages have half a gigabyte, and unpack for 40 seconds the first time: nightly.yml runs it.
const withNewest = process.env.GROUNDPLAN_CDKTN === "1" ? describe : describe.skip;

const ROOT = join(__dirname, "..");

/** CDK Terrain, which continues CDKTF, with its newest bindings: typed against AWS provider 6.66. */
const PACKAGES = ["cdktn@0.24.0", "@cdktn/provider-aws@25.7.0", "constructs@>=10.6 <10.8"];

/** Sources that synthesize, and what they need to be run with every part turned on. */
const SOURCES = [
  ...["modules", "overlays", "stacks", "previews", "platform.ts", "tsconfig.base.json", "package.json"],
  ...[
    "test/platform",
    "test/stacks/everything.ts",
    "test/stacks/runners-environment.ts",
    ".terraform.lock.hcl",
  ],
];

const ENTRY = `
import { join } from "node:path";
import { App } from "cdktf";
import { synthesize } from "@groundplan/modules/core";
import { addStacks } from "./stacks";
import { environments } from "./overlays";
import { platform } from "./platform";
import { everything } from "./test/stacks/everything";
const own = new App({ outdir: "own.out" });
addStacks(own, platform, environments);
synthesize(own, { lockFile: join(process.cwd(), ".terraform.lock.hcl") });
const all = new App({ outdir: "all.out" });
addStacks(all, { ...platform, accounts: { dev: "123456789012", prod: "123456789012" }, promotion: ["dev", "prod"] }, [
  everything("dev"),
  everything("prod"),
]);
synthesize(all, { lockFile: join(process.cwd(), ".terraform.lock.hcl") });
`;

const CONFIG = {
  extends: "./tsconfig.base.json",
  compilerOptions: { rootDir: ".", outDir: "dist" },
  include: [
    "entry.ts",
    "platform.ts",
    "overlays/**/*.ts",
    "stacks/**/*.ts",
    "previews/**/*.ts",
    "test/**/*.ts",
  ],
  references: [{ path: "modules" }],
};

/** Folder `node_modules` with the newest packages; they stay in the cache of the tests. */
function newestPackages(): string {
  const folder = join(cacheDirectory(), `cdktn-${PACKAGES.join("_").replace(/[^\w.]+/g, "-")}`);
  if (existsSync(folder)) return join(folder, "node_modules");
  const building = `${folder}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  writeFileSync(join(building, "package.json"), '{"private":true}');
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet, ...PACKAGES], { cwd: building, stdio: "pipe" });
  renameSync(building, folder);
  return join(folder, "node_modules");
}

/** A copy of the sources, beside the packages that are here. @param rename - the imports of a file, as they stand in the copy. */
function copyOf(rename: (text: string) => string, newest?: string): string {
  const folder = temporaryFolder("bindings");
  for (const source of SOURCES) {
    mkdirSync(dirname(join(folder, source)), { recursive: true });
    cpSync(join(ROOT, source), join(folder, source), {
      recursive: true,
      filter: (path) =>
        !/\/(?:dist|node_modules|cdktf\.out)(?:\/|$)|\.tsbuildinfo$/.test(path.slice(ROOT.length)),
    });
  }
  writeFileSync(join(folder, "entry.ts"), ENTRY);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(CONFIG));
  const packages = join(folder, "node_modules");
  for (const scope of ["@cdktf", "@groundplan"]) mkdirSync(join(packages, scope), { recursive: true });
  symlinkSync(join(folder, "modules"), join(packages, "@groundplan/modules"));
  const given = ["cdktf", "constructs", "@cdktf", "@groundplan"];
  for (const name of readdirSync(join(ROOT, "node_modules")))
    if (!given.includes(name) && !name.startsWith("."))
      symlinkSync(join(ROOT, "node_modules", name), join(packages, name));
  for (const name of ["cdktf", "@cdktf/provider-aws"])
    if (!newest) symlinkSync(join(ROOT, "node_modules", name), join(packages, name));
  if (newest) for (const name of ["cdktn", "@cdktn"]) symlinkSync(join(newest, name), join(packages, name));
  symlinkSync(join(newest ?? join(ROOT, "node_modules"), "constructs"), join(packages, "constructs"));
  // The bindings of Kubernetes and Helm are not published for CDK Terrain: a copy with renamed imports stands for them.
  for (const provider of ["kubernetes", "helm"])
    cpSync(
      join(ROOT, "node_modules/@cdktf", `provider-${provider}`),
      join(packages, "@cdktf", `provider-${provider}`),
      { recursive: true },
    );
  for (const place of [
    ...SOURCES,
    "entry.ts",
    "node_modules/@cdktf/provider-kubernetes/lib",
    "node_modules/@cdktf/provider-helm/lib",
  ])
    for (const path of filesOf(join(folder, place))) if (/\.(?:[jt]s)$/.test(path)) rewrite(path, rename);
  return folder;
}

function filesOf(place: string): readonly string[] {
  if (!existsSync(place)) throw new Error(`there is no ${place}`);
  try {
    return readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [place];
  }
}

function rewrite(path: string, rename: (text: string) => string): void {
  const text = readFileSync(path, "utf8");
  const renamed = rename(text);
  if (renamed !== text) writeFileSync(path, renamed);
}

/** The imports of CDK Terrain. */
const renamed = (text: string) =>
  text
    .replace(/(["'])cdktf(\/[^"']*)?\1/g, "$1cdktn$2$1")
    .replace(/"@cdktf\/provider-aws\//g, '"@cdktn/provider-aws/');

function compile(folder: string): { readonly status: number | null; readonly stdout: string } {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-b", "."], { cwd: folder, encoding: "utf8" });
}

/** The JSON of every stack of a compiled copy, without what says where it came from. */
function stacksOf(folder: string): ReadonlyMap<string, unknown> {
  execFileSync(process.execPath, ["dist/entry.js"], { cwd: folder, stdio: "pipe" });
  return new Map(
    ["own.out", "all.out"].flatMap((out) =>
      readdirSync(join(folder, out, "stacks")).map((stack) => {
        const json = JSON.parse(readFileSync(join(folder, out, "stacks", stack, "cdk.tf.json"), "utf8"));
        delete json["//"];
        // A full name of the same provider.
        const { aws } = json.terraform.required_providers;
        aws.source = aws.source.replace(/^hashicorp\//, "");
        return [`${out} ${stack}`, json] as const;
      }),
    ),
  );
}

withNewest("the newest bindings, typed against version 6 of the AWS provider", () => {
  let copy: string;
  beforeAll(() => {
    copy = copyOf(renamed, newestPackages());
  });

  test("take the sources with their imports renamed, and synthesize the same JSON", () => {
    expect(compile(copy)).toMatchObject({ status: 0, stdout: "" });
    const before = copyOf((text) => text);
    expect(compile(before)).toMatchObject({ status: 0, stdout: "" });
    const [made, same] = [stacksOf(copy), stacksOf(before)];
    expect(made.size).toBeGreaterThan(25);
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(same));
  });

  test("refuse an argument that version 6 has dropped", () => {
    const file = join(copy, "modules/network/nat.ts");
    const text = readFileSync(file, "utf8");
    const faulty = text.replace(/domain: "vpc"/, "vpc: true");
    expect(faulty).not.toBe(text);
    writeFileSync(file, faulty);
    const { status, stdout } = compile(copy);
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/modules\/network\/nat\.ts.*'vpc' does not exist/s);
  });
});
