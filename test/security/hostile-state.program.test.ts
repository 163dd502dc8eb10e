import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { clusterDescription } from "../../local/cluster/description";
import { Components } from "../../local/cluster/processes";
import { openToAppend, privateTree, writeWhole } from "../../local/files/private";
import { readSmallFile } from "../../local/files/read-file";
import { filesSetAside, isSealed, sealFolder } from "../../local/files/seal";
import { Store } from "../../local/files/store";
import { alone } from "../../local/process/claim";
import { readProcessFile } from "../../local/process/process-file";
import { temporaryFolder } from "../temporary-folder";

/** A checkout that brings links, pipes and state in `.groundplan/local`: nothing leads out, waits, or is believed. */

let project: string;
let state: string;
let outside: string;
let key: string | undefined;

beforeEach(() => {
  key = process.env.XDG_STATE_HOME;
  project = temporaryFolder("state");
  process.env.XDG_STATE_HOME = join(project, "machine");
  state = join(project, ".groundplan", "local");
  outside = join(project, "outside");
  mkdirSync(state, { recursive: true });
  writeFileSync(outside, "mine", { mode: 0o644 });
});

afterEach(() => {
  if (key === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = key;
  rmSync(project, { recursive: true, force: true });
});

function pipe(path: string): void {
  execFileSync("mkfifo", [path]);
}

describe("a seal", () => {
  test("sets aside all that a folder brings which this machine did not seal, and keeps it from then on", () => {
    for (const folder of ["services", join("ministack", "s3", "123456789012", "theirs"), "cluster"]) {
      mkdirSync(join(state, folder), { recursive: true });
    }
    writeFileSync(join(state, "services", "credentials.json"), "{}");
    symlinkSync(outside, join(state, "gateway.log"));
    pipe(join(state, "process.json"));
    sealFolder(state);
    const brought = ["cluster", "gateway.log", "ministack", "process.json", "services"];
    expect(readdirSync(state).sort()).toEqual(
      [...brought.map((name) => `${name}.unreadable`), "seal"].sort(),
    );
    expect([...filesSetAside(state)].sort()).toEqual(
      brought.map((name) => join(state, `${name}.unreadable`)),
    );
    mkdirSync(join(state, "services"));
    sealFolder(state);
    expect(existsSync(join(state, "services"))).toBe(true);
  });

  test("planted fault: a seal without its signature, of another folder, or of another machine is none", () => {
    expect(isSealed(state)).toBe(false);
    sealFolder(state);
    expect(isSealed(state)).toBe(true);
    const seal = readFileSync(join(state, "seal"), "utf8");
    const other = join(project, "other");
    mkdirSync(other);
    writeFileSync(join(other, "seal"), seal);
    expect(isSealed(other)).toBe(false);
    process.env.XDG_STATE_HOME = join(project, "stranger");
    expect(isSealed(state)).toBe(false);
    process.env.XDG_STATE_HOME = join(project, "machine");
    renameSync(state, join(project, "moved"));
    expect(isSealed(join(project, "moved"))).toBe(true);
    writeFileSync(join(project, "moved", "seal"), seal.replace(/ .*/, ` ${"0".repeat(64)}`));
    expect(isSealed(join(project, "moved"))).toBe(false);
  });

  test("keeps what was set aside before", () => {
    mkdirSync(join(state, "moto"));
    mkdirSync(join(state, "moto.unreadable"));
    writeFileSync(join(state, "moto.unreadable", "first"), "");
    sealFolder(state);
    expect(readdirSync(state).sort()).toEqual(["moto.2.unreadable", "moto.unreadable", "seal"]);
  });

  test("links among the objects of a sealed folder are named, and not read", () => {
    sealFolder(state);
    const bucket = join(state, "ministack", "s3", "123456789012", "theirs");
    mkdirSync(bucket, { recursive: true });
    symlinkSync(outside, join(bucket, "key"));
    expect(() => sealFolder(state)).toThrow(/theirs\/key is a link.*\n {2}remove it/);
  });
});

describe("a link", () => {
  test("in place of the state folder, or of .groundplan, is refused before anything is closed or written", () => {
    const target = join(project, "target");
    mkdirSync(target, { mode: 0o755 });
    rmSync(state, { recursive: true });
    symlinkSync(target, state);
    expect(() => privateTree(state)).toThrow(/local is a link.*\n.*remove it/);
    rmSync(join(project, ".groundplan"), { recursive: true });
    mkdirSync(join(target, "local"));
    symlinkSync(target, join(project, ".groundplan"));
    expect(() => privateTree(state)).toThrow(/\.groundplan is a link.*\n.*remove it/);
    expect((statSync(target).mode & 0o777).toString(8)).toBe("755");
    expect(readdirSync(target)).toEqual(["local"]);
  });

  test("in place of a log or of a file that is written whole leads nowhere", () => {
    symlinkSync(outside, join(state, "gateway.log"));
    expect(() => openToAppend(join(state, "gateway.log"))).toThrow(/gateway\.log is a link.*\n.*remove it/);
    symlinkSync(outside, join(state, `file.${process.pid}`));
    writeWhole(join(state, "file"), "theirs");
    expect(readFileSync(outside, "utf8")).toBe("mine");
  });
});

describe("a pipe", () => {
  test("in place of a file is not waited for", async () => {
    for (const name of ["process.json", "processes.json", "daemon.log"]) pipe(join(state, name));
    mkdirSync(join(state, "cluster"));
    pipe(join(state, "cluster", "description.json"));
    expect(readProcessFile(state)).toBeUndefined();
    expect(new Components(state).list()).toEqual([]);
    expect(clusterDescription(state)).toBeUndefined();
    expect(() => openToAppend(join(state, "daemon.log"))).toThrow("daemon.log is not a file");
    expect(() => readSmallFile(join(state, "process.json"))).toThrow("is not a plain file");
  });

  test.each([
    ["a pipe", pipe],
    ["a link", (path: string) => symlinkSync("nothing", path)],
  ])("%s in place of a claim is nobody's", async (_, make) => {
    const claim = join(state, "starting");
    make(claim);
    execFileSync("touch", ["-h", "-d", "2020-01-01", claim]);
    await expect(alone(state, {}, async () => "done")).resolves.toBe("done");
  });
});

test("a folder in place of a claim is named, and kept", async () => {
  const claim = join(state, "starting");
  mkdirSync(claim);
  utimesSync(claim, 0, 0);
  await expect(alone(state, {}, async () => "done")).rejects.toThrow(/starting is a folder.*\n.*remove it/);
});

test("a file that grows without an end is read to its limit", () => {
  writeFileSync(join(state, "large"), "x".repeat(101));
  expect(() => readSmallFile(join(state, "large"), { bytes: 100 })).toThrow("more than 100 bytes");
  linkSync(join(state, "large"), join(state, "same"));
  expect(readSmallFile(join(state, "same"), { bytes: 101 })).toHaveLength(101);
});

test.each(["{", "null", "[]", '{"a":1}', ""])(
  "a damaged document of a service is set aside: %j",
  (content) => {
    const file = join(state, "eks.json");
    writeFileSync(file, content);
    const error = jest.spyOn(console, "error").mockImplementation();
    const store = new Store<Record<string, object>>(file, () => ({}));
    expect(error).toHaveBeenCalledWith(expect.stringContaining(`${file}.unreadable`));
    error.mockRestore();
    expect(store.value).toEqual({});
    expect(readFileSync(`${file}.unreadable`, "utf8")).toBe(content);
  },
);

test("a pipe or a link in place of a signed state file is set aside by the emulators too", () => {
  pipe(join(state, "pipe"));
  symlinkSync(outside, join(state, "link"));
  const read = (path: string) =>
    execFileSync(
      "python3",
      ["-c", "from engines import sealed; import sys; sealed.read(sys.argv[1])", path],
      {
        cwd: join(__dirname, "..", "..", "local"),
        env: { ...process.env, GROUNDPLAN_STATE_KEY: outside, PYTHONDONTWRITEBYTECODE: "1" },
        stdio: "pipe",
        timeout: 20_000,
      },
    );
  writeFileSync(outside, "0".repeat(64));
  for (const name of ["pipe", "link"]) {
    expect(() => read(join(state, name))).toThrow("was not written on this machine");
    expect(readdirSync(state)).toContain(`${name}.unreadable`);
  }
});
