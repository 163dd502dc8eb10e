import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { Review } from "../../cli/apply/review";
import {
  type ArtifactIndex,
  artifactNamed,
  lastPublications,
  parseIndex,
} from "../../cli/artifact/index-object";
import { type Pin, pinned, pinOfParameter } from "../../cli/artifact/pin";
import { halfRemoved, isRemoved, refuseOther } from "../../cli/artifact/removal";
import { addApply } from "../../cli/commands/apply";
import { addBootstrap } from "../../cli/commands/bootstrap";
import { addLocal } from "../../cli/commands/local";
import { addPlan } from "../../cli/commands/plan";
import { addReport } from "../../cli/commands/report";
import { addState } from "../../cli/commands/state";
import { readUntrusted } from "../../cli/comment/untrusted";
import { CliError } from "../../cli/console/errors";
import { Graph } from "../../cli/project/graph";
import { findProject, readStacks } from "../../cli/project/project";
import { readReport } from "../../cli/report/read";
import { holderOf, type LockInfo, parseLockInfo, releaseCommand } from "../../cli/state/lock-info";
import { summarize } from "../../cli/state/state-file";
import { inProcess } from "../cli/in-process";
import { type StateProject, stateProject } from "../cli/project";
import { planned, realPlan, reportWith, runOf } from "../cli/report/runs";
import { temporaryFolder } from "../temporary-folder";
import { readsOrNames } from "./damaged";

const ROOT = join(__dirname, "..", "..");

let project: StateProject;
let folder: string;
beforeEach(() => {
  project = stateProject({ bucket: "states" });
  folder = temporaryFolder("damaged");
});
afterEach(() => {
  project.remove();
  rmSync(folder, { recursive: true, force: true });
});

const hash = (name: string) => name.repeat(64);
const ARTIFACT = {
  sha256: hash("a"),
  sourceCodeHash: Buffer.from(hash("a"), "hex").toString("base64"),
  key: `artifacts/api/${hash("a")}.zip`,
  versionId: "v1",
  size: 7,
  commit: hash("c").slice(0, 40),
  time: "2026-11-21T10:00:00.000Z",
};
const INDEX: ArtifactIndex = {
  format: 1,
  service: "api",
  artifacts: [ARTIFACT],
  removed: [{ ...ARTIFACT, versionId: "v0", removed: "2026-11-20T10:00:00.000Z", by: "run" }],
};
const PIN = pinned("artifacts-of-ours", ARTIFACT, undefined, new Date(0));
const LOCK: LockInfo = {
  ID: "2f4c1a3e-0000-4000-8000-000000000000",
  Operation: "OperationTypeApply",
  Info: "",
  Who: "ada@laptop",
  Version: "1.11.4",
  Created: "2026-11-21T20:00:00.123456789Z",
  Path: "states/dev.tfstate",
};
const STATE = {
  version: 4,
  serial: 7,
  lineage: "one",
  outputs: { url: {} },
  resources: [{ mode: "managed", type: "aws_x", name: "a", instances: [{ index_key: 0 }] }],
};

/** What becomes of a pin that was read. */
function usePin(pin: Pin): void {
  pinned("artifacts-of-ours", { ...ARTIFACT, sha256: hash("b") }, pin, new Date(0));
  [pin.sha256.slice(0, 12), pin.commit.replace("+", ""), pin.time.slice(0, 16), pin.weight.toFixed(2)].join();
}

/** What becomes of an index that was read. */
function useIndex(index: ArtifactIndex): void {
  for (const { sha256, time } of lastPublications(index)) [sha256.slice(0, 12), time.slice(0, 16)].join();
  if (index.artifacts.length > 0) artifactNamed(index, index.artifacts.at(-1)?.versionId ?? "");
  isRemoved(index, "v1");
  halfRemoved(index);
  refuseOther(index, { id: "", now: new Date("2026-11-22T00:00:00Z") });
}

/** What becomes of a lock that was read. */
function useLock(info: LockInfo): void {
  const text = `${holderOf(info)} ${releaseCommand("dev-network", { info })}`;
  if (/undefined|\[object|NaN/.test(text)) throw new TypeError(text);
}

/** A reader as it was before: any JSON is taken for what it should be. */
function trusting<T>(use: (value: T) => void, place: string) {
  return (text: string) => {
    let value: T;
    try {
      value = JSON.parse(text) as T;
    } catch (error) {
      throw new CliError(1, `at ${place}: ${error}`);
    }
    use(value);
  };
}

/** Each is a file that is written and read. */
const FEW = 100;

describe("whatever lies there is read, or named with its place", () => {
  test("a lock", () => {
    readsOrNames("", LOCK, (text) => {
      const { info, damage } = parseLockInfo(text);
      if (info) useLock(info);
      else expect(damage).not.toBe("");
    });
    expect(() => readsOrNames("", LOCK, trusting(useLock, ""))).toThrow("Property failed");
  });

  test("a pin", () => {
    const place = "/groundplan/dev/api/artifact";
    readsOrNames(place, PIN, (text) => usePin(pinOfParameter(text, place, "us-east-1")));
    expect(() => readsOrNames(place, PIN, trusting(usePin, place))).toThrow("Property failed");
  });

  test("an index of artifacts", () => {
    const place = "s3://artifacts/index/api.json";
    // A removal that has not ended is an error for users too, and no damage.
    const read = (text: string) => {
      const index = parseIndex(text, place);
      useIndex({ ...index, removed: index.removed?.filter(({ by }) => by === undefined) ?? [] });
    };
    readsOrNames(place, INDEX, read);
    expect(() => readsOrNames(place, INDEX, trusting(useIndex, place))).toThrow("Property failed");
  });

  test("a state", () => {
    readsOrNames("state of Terraform", STATE, (text) => void summarize(text));
    const use = (state: typeof STATE) => state.resources.flatMap(({ instances }) => instances.map(String));
    const trust = trusting(use as (value: typeof STATE) => unknown as never, "state of Terraform");
    expect(() => readsOrNames("state of Terraform", STATE, trust)).toThrow("Property failed");
  });

  test("a manifest, and a stack's JSON", () => {
    const output = join(project.folder, "cdktf.out");
    const use = () => {
      const stacks = readStacks(findProject(project.folder));
      for (const stack of new Graph(stacks).ordered) stack.dependencies.filter((name) => name !== stack.name);
    };
    for (const file of [join(output, "manifest.json"), join(project.stack, "cdk.tf.json")]) {
      const good = JSON.parse(readFileSync(file, "utf8"));
      readsOrNames(
        relative(output, file).split("/")[0] ?? "",
        good,
        (text) => {
          writeFileSync(file, text);
          use();
        },
        FEW,
      );
      writeFileSync(file, JSON.stringify(good));
    }
  });

  test("a plan's results, and a fork's report", () => {
    const summary = join(folder, "summary.json");
    const plan = join(folder, "stacks", "dev-api", "plan.json");
    writeResults();
    for (const file of [summary, plan]) {
      const good = JSON.parse(readFileSync(file, "utf8"));
      readsOrNames(
        folder,
        file === plan ? { resource_changes: good.resource_changes.slice(0, 2) } : good,
        (text) => {
          writeFileSync(file, text);
          readReport(folder);
          new Review(folder).run.stacks.map((stack) => new Review(folder).document(stack));
        },
        FEW,
      );
      writeFileSync(file, JSON.stringify(good));
    }
    const report = join(folder, "report.json");
    readsOrNames(
      report,
      reportWith({ "dev-api": realPlan("refresh-only") }),
      (text) => {
        writeFileSync(report, text);
        readUntrusted(report, ".");
      },
      FEW,
    );
  });
});

const DEEP = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;

test("what is nested 20,000 deep is refused before anything walks it", () => {
  const why = "nested more than 500 levels deep";
  expect(parseLockInfo(`{"ID":"x","Info":${DEEP}}`).damage).toContain(why);
  expect(() => pinOfParameter(`{"before":${DEEP}}`, "/p", "us-east-1")).toThrow(why);
  expect(() => parseIndex(`{"format":1,"artifacts":${DEEP}}`, "s3://b/index/api.json")).toThrow(why);
  expect(() => summarize(`{"version":4,"resources":${DEEP}}`)).toThrow(why);
  writeFileSync(join(project.stack, "cdk.tf.json"), `{"resource":${DEEP}}`);
  expect(() => readStacks(findProject(project.folder))).toThrow(why);
  writeResults();
  writeFileSync(join(folder, "stacks", "dev-api", "plan.json"), `{"resource_changes":${DEEP}}`);
  expect(() => readReport(folder)).toThrow(why);
  const report = join(folder, "report.json");
  writeFileSync(report, `{"stacks":${DEEP}}`);
  expect(() => readUntrusted(report, ".")).toThrow(why);
  // What is not refused can be walked, brackets in a text are none, and a text may be as long as a file.
  const most = `{"resource_changes":[],"x":"[[[","y":${"[".repeat(498)}${"]".repeat(498)}}`;
  writeFileSync(join(folder, "stacks", "dev-api", "plan.json"), most);
  expect(readReport(folder).stacks).toHaveLength(1);
});

test("another encoding than UTF-8 is named", () => {
  const file = join(project.folder, "cdktf.out", "manifest.json");
  const good = readFileSync(file);
  writeFileSync(file, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]));
  expect(() => readStacks(findProject(project.folder))).toThrow("byte order mark");
  writeFileSync(file, Buffer.from(good.toString(), "utf16le"));
  expect(() => readStacks(findProject(project.folder))).toThrow(/not UTF-8|not JSON/);
  writeFileSync(file, Buffer.concat([good.subarray(0, -3), Buffer.from([0xff, 0xfe]), good.subarray(-3)]));
  expect(() => readStacks(findProject(project.folder))).toThrow("not UTF-8");
});

/** Results of a plan in the folder. */
function writeResults(): void {
  mkdirSync(join(folder, "stacks", "dev-api"), { recursive: true });
  writeFileSync(join(folder, "summary.json"), JSON.stringify(runOf([planned("dev-api")])));
  writeFileSync(join(folder, "stacks", "dev-api", "plan.json"), JSON.stringify(realPlan("everything")));
}

/** What may lie in the place of a file: nothing of it may be waited for, or read without an end. */
const NO_FILES: readonly (readonly [string, (file: string) => unknown, string])[] = [
  ["a named pipe", (file) => execFileSync("mkfifo", [file]), "a named pipe, and no file"],
  ["a folder", (file) => mkdirSync(file), "a folder, and no file"],
  ["a link to a device", (file) => symlinkSync("/dev/zero", file), "leads out of"],
  ["a link to a file elsewhere", (file) => symlinkSync(join(ROOT, "package.json"), file), "leads out of"],
  ["a link to a pipe beside it", linkToPipe, "a named pipe, and no file"],
  ["links in a circle", (file) => symlinkSync(file, file), "links go in a circle"],
  ["a link to nothing", (file) => symlinkSync(`${file}.gone`, file), "it is not there"],
  ["300 MB", sparseFile, "bytes at most are read"],
];

function sparseFile(file: string): void {
  writeFileSync(file, "");
  truncateSync(file, 300_000_000);
}

function linkToPipe(file: string): void {
  execFileSync("mkfifo", [`${file}.pipe`]);
  symlinkSync(`${file}.pipe`, file);
}

describe.each(["summary.json", "stacks/dev-api/plan.json"])("the %s of a plan that is", (path) => {
  test.each(NO_FILES)("%s is refused, by a report and by an apply", (_, put, why) => {
    writeResults();
    const file = join(folder, path);
    rmSync(file);
    put(file);

    for (const read of [() => readReport(folder), () => new Review(folder).document(planned("dev-api"))]) {
      expect(read).toThrow(CliError);
      // A summary that is a link to nothing is no plan.
      expect(read).toThrow(new RegExp(`${why.replace("bytes at most", "[0-9]+ at most")}|there is no plan`));
    }
  });
});

test("a folder of the results that is a link out of them is refused, and a file beside is read through none", () => {
  writeResults();
  const elsewhere = `${folder}-elsewhere`;
  cpSync(join(folder, "stacks"), elsewhere, { recursive: true });
  rmSync(join(folder, "stacks"), { recursive: true });
  symlinkSync(elsewhere, join(folder, "stacks"));
  expect(() => readReport(folder)).toThrow("a link leads out of");
  // A link that stays inside, and a result folder that is a link itself, are the user's own.
  rmSync(join(folder, "stacks"));
  renameSync(elsewhere, join(folder, "moved"));
  symlinkSync("moved", join(folder, "stacks"));
  symlinkSync(folder, `${folder}-link`);
  expect(readReport(`${folder}-link`).stacks).toHaveLength(1);
  rmSync(`${folder}-link`);
});

test("a socket is refused", async () => {
  writeResults();
  const file = join(folder, "summary.json");
  rmSync(file);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(file, resolve));
  expect(() => readReport(folder)).toThrow("a socket, and no file");
  await new Promise((resolve) => server.close(resolve));
});

/** A stack of a manifest. */
const entry = (name: string, some: object = {}) => ({
  name,
  workingDirectory: `stacks/${name}`,
  synthesizedStackPath: "stacks/state/cdk.tf.json",
  dependencies: [],
  ...some,
});

test.each<readonly [string, readonly object[], string]>([
  ["dependencies that are a text", [entry("a", { dependencies: "b" })], "dependencies must be array"],
  ["a folder above", [entry("a", { workingDirectory: "../outside" })], "it lies outside of"],
  [
    "a folder above by a way round",
    [entry("a", { workingDirectory: "stacks/../../x" })],
    "it lies outside of",
  ],
  ["an absolute folder", [entry("a", { workingDirectory: "/etc" })], "it is absolute"],
  ["a linked folder", [entry("a", { workingDirectory: "link/x" })], "a link leads out of"],
  ["a stack elsewhere", [entry("a", { synthesizedStackPath: "../../x.json" })], "it lies outside of"],
  ["a linked stack", [entry("a", { synthesizedStackPath: "link/x.json" })], "a link leads out of"],
  ["a name that is a path", [entry("../a", { workingDirectory: "stacks/a" })], "name must match"],
  ["a name of two dots", [entry("..", { workingDirectory: "stacks/a" })], "name must match"],
  ["a name with a new line", [entry("a\n::error::", { workingDirectory: "stacks/a" })], "name must match"],
  ["a name twice", [entry("a"), entry("a", { workingDirectory: "x" })], 'two stacks have the name "a"'],
  ["a folder twice", [entry("a"), entry("b", { workingDirectory: "stacks/a" })], "the workingDirectory"],
  [
    "a ring",
    [
      entry("a", { dependencies: ["b"] }),
      entry("b", { dependencies: ["c"] }),
      entry("c", { dependencies: ["a"] }),
    ],
    "stacks depend on each other: a → b → c → a",
  ],
  ["a stack that depends on itself", [entry("a", { dependencies: ["a"] })], "a → a"],
])("a manifest with %s is refused", (_, stacks, why) => {
  const output = join(project.folder, "cdktf.out");
  symlinkSync(folder, join(output, "link"));
  const write = (all: readonly object[]) =>
    writeFileSync(
      join(output, "manifest.json"),
      JSON.stringify({ stacks: Object.fromEntries(all.entries()) }),
    );
  write([entry("a"), entry("b", { dependencies: ["a", "elsewhere"] })]);
  expect(readStacks(findProject(project.folder))).toHaveLength(2);
  write(stacks);
  expect(() => readStacks(findProject(project.folder))).toThrow(why);
  expect(() => readStacks(findProject(project.folder))).toThrow("manifest.json cannot be read");
});

test("a hundred ways from one stack to another are gone once", () => {
  const names = Array.from({ length: 60 }, (_, at) => `s${at}`);
  const stacks = names.map((name, at) => ({
    name,
    folder: "",
    dependencies: names.slice(Math.max(0, at - 3), at),
    json: {},
  }));
  expect(new Graph(stacks).dependsOn("s59", "s0")).toBe(true);
  expect(new Graph(stacks).dependsOn("s0", "s59")).toBe(false);
});

describe.each<readonly [string, (path: string) => void]>([
  ["a file", (path) => writeFileSync(path, "")],
  ["a link to nothing", (path) => symlinkSync("nowhere", path)],
])("where .groundplan is %s", (_, put) => {
  test.each([
    [addPlan, ["plan", "--no-synth"]],
    [addApply, ["apply", "--auto-approve", "--no-synth"]],
    [addReport, ["report"]],
    [addState, ["state", "locks"]],
    [addBootstrap, ["bootstrap"]],
    [addLocal, ["local", "up", "--port", "0"]],
    [addLocal, ["local", "status"]],
  ] as const)("every command says so: %#", async (add, args) => {
    const path = join(project.folder, ".groundplan");
    put(path);
    const here = jest.spyOn(process, "cwd").mockReturnValue(project.folder);
    try {
      expect(await inProcess(add, args, {})).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`${path} is not a folder\n`),
      });
    } finally {
      here.mockRestore();
    }
  });
});

/** Files that read something else than what others may have written, with what it is. */
const OWN: Readonly<Record<string, string>> = {
  "affected/content.ts": "asks whether it is a file, by lstat, and hashes whatever it holds",
  "artifact/ami/ssh.ts": "the public key that ssh-keygen has just written into its own folder",
  "artifact/bundle.ts": "package.json of the packages that esbuild has just read",
  "artifact/lambda/harness.ts": "in the function's own process, the event that the command has just written",
  "artifact/image/build.ts": "the id that a builder has just written into the work folder",
  "artifact/image/context.ts": "copies files of the service, whatever they hold, by lstat",
  "artifact/image/layout.ts": "what a builder has just written into the work folder",
  "artifact/image/sbom.ts": "what syft has just written into the work folder",
  "console/described-commands.ts": "its own package",
  "console/version.ts": "its own package",
  "project/output.ts": "what the app has just synthesized, beside what is there by lstat",
  "generate/template.ts": "its own package",
  "process/run.ts": "Terraform's log in the work folder",
  "page/document.ts": "its own package",
};

/** Sources that read a file without a limit. */
function unboundedReads(sources: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(sources)
    .filter(([, text]) => /\breadFile(?:Sync)?\b|\bcreateReadStream\b/.test(text))
    .map(([name]) => name)
    .filter((name) => OWN[name] === undefined);
}

test("one room reads what others may have written", () => {
  const names = readdirSync(join(ROOT, "cli"), { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/(?:^|\/)(?:dist|node_modules)\//.test(name),
  );
  const sources = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(ROOT, "cli", name), "utf8")]),
  );

  expect(unboundedReads(sources)).toEqual([]);
  expect(Object.keys(OWN).filter((name) => !/readFileSync/.test(sources[name] ?? ""))).toEqual([]);
  const planted = { "plan/read.ts": 'return JSON.parse(readFileSync(file, "utf8"));' };
  expect(unboundedReads(planted)).toEqual(["plan/read.ts"]);
});
