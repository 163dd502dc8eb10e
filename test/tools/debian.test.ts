import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { DEBIAN_PACKAGES, installPackages, missingPackages } from "../../tools/setup/debian.mjs";
import { temporaryFolder } from "../temporary-folder";

const WANTED = [
  { name: "one", programs: ["one", "other-one"], purpose: "the first tests" },
  { name: "two", programs: ["two"], purpose: "the second tests" },
];

let folder: string;
let commands: string[];

beforeEach(() => {
  folder = temporaryFolder("debian");
  commands = [];
});

/** Puts programs on the only PATH there is; each ends well. */
function have(...programs: readonly string[]): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  for (const program of programs) {
    writeFileSync(join(folder, program), "#!/bin/sh\nexit 0\n");
    chmodSync(join(folder, program), 0o755);
  }
  return { PATH: folder };
}

/** Installs what is wanted with an archive that brings some programs. */
function install(env: NodeJS.ProcessEnv, code = 0, ...brings: readonly string[]) {
  return installPackages(WANTED, {
    env,
    run: async (command: string[]) => {
      commands.push(command.join(" "));
      if (command.includes("install")) have(...brings);
      return { code, output: "a\nb\nE: no such package" };
    },
  });
}

test("asks the archive nothing when every package has one of its programs", async () => {
  expect(await install(have("other-one", "two", "apt-get"))).toEqual({ installed: [], fault: undefined });
  expect(commands).toEqual([]);
});

test("updates the list and installs what is missing, by name", async () => {
  const env = have("one", "apt-get", "sudo");
  expect(await install(env, 0, "two")).toEqual({ installed: ["two"], fault: undefined });
  expect(commands).toEqual([
    expect.stringMatching(/apt-get update$/),
    expect.stringMatching(/apt-get .*install --yes --no-install-recommends two$/),
  ]);
});

test("where there is no apt-get, says what is missing, for what, and what to install", async () => {
  const { fault } = await install(have("one", "sudo"));
  expect(fault).toBe(
    "packages are missing, and this is no Debian\n  two is for the second tests\n  install them: sudo apt-get install two",
  );
  expect(commands).toEqual([]);
});

test("planted fault: a package that the archive does not have is named, with what it is for", async () => {
  const { fault } = await install(have("two", "apt-get", "sudo"), 100);
  expect(fault).toMatch(
    /^apt-get update failed \(exit code 100\)[\s\S]*no such package[\s\S]*one is for the first tests/,
  );
});

test("planted fault: a package that brings no program is said to", async () => {
  const { fault, installed } = await install(have("one", "apt-get", "sudo"));
  expect(fault).toContain("two: installed, and no program is on PATH");
  expect(installed).toEqual([]);
});

test("of this project's packages each says what it is for", () => {
  for (const { name, purpose } of DEBIAN_PACKAGES) {
    expect([name, purpose.length > 10]).toEqual([name, true]);
  }
  // One that is looked for by its path is found whatever PATH is.
  const onPath = DEBIAN_PACKAGES.filter(({ programs }) => !programs.some(isAbsolute));
  expect(missingPackages(onPath, { PATH: "" })).toEqual(onPath);
});

test("a package is there when the file is that it brings", () => {
  const [at, nowhere] = [process.execPath, "/nowhere/bridge"];
  const of = (...programs: string[]) => [{ name: "one", programs, purpose: "the tests" }];
  expect(missingPackages(of(nowhere, at), { PATH: "" })).toEqual([]);
  expect(missingPackages(of(nowhere), { PATH: "" })).toHaveLength(1);
});
