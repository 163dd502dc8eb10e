import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  findPacker,
  type PackerVariables,
  packerBuild,
  packerOutput,
} from "../../../../cli/artifact/ami/packer";
import { temporaryFolder } from "../../../temporary-folder";

const ROOT = join(__dirname, "..", "..", "..", "..");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder("packer");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program of Packer's name and output alone on the path. */
function packerThat(script: string): NodeJS.ProcessEnv {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "packer"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "packer"), 0o755);
  return { PATH: `${bin}:/usr/bin:/bin` };
}

test.each([
  ["echo 1.6.6", "1.6.6", "1.6"],
  ["echo 'Packer v1.15.0'", "1.15.0", "current"],
])("%s is Packer %s, for which the template is %s", async (script, version, generation) => {
  expect(await findPacker(packerThat(script))).toEqual({ version, generation });
});

test("Packer missing, too old, or another program of its name: each says where it is had", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await expect(findPacker({ PATH: empty })).rejects.toThrow(
    /Packer is not installed\n.*developer\.hashicorp\.com\/packer/,
  );
  // One between takes neither template.
  for (const version of ["1.5.6", "1.7.0", "1.9.4"])
    await expect(findPacker(packerThat(`echo Packer v${version}`))).rejects.toThrow(
      `Packer is ${version}: 1.10.0 is the least, or Debian's 1.6.6\n  install a newer one: https://`,
    );
  // cracklib has a program of the same name.
  await expect(findPacker(packerThat("echo usage: packer dictionary; exit 1"))).rejects.toThrow(
    /it is not HashiCorp's Packer/,
  );
});

const VARIABLES: PackerVariables = {
  region: "us-east-1",
  ami_name: "vxlan-graviton-1.2.0",
  ami_description: "",
  encrypt_boot: false,
  kms_key_id: "",
  tags: { "groundplan:run": "42", GitHubRef: 'refs/heads/$(touch pwned)"; `id`' },
  subnet_id: "",
  manifest: "manifest.json",
  inventory: "inventory.tar",
};
const build = (script: string) =>
  packerBuild({
    packer: { version: "1.6.6", generation: "1.6" },
    template: "{}",
    variables: VARIABLES,
    folder,
    env: packerThat(script),
  });

test("the AMI is read from what Packer says to programs, and a branch's name reaches no shell", async () => {
  const id = await build(
    'echo "$@" > args; cp variables-*.json given.json; echo "1700000000,amazon-ebs,artifact,0,id,us-east-1:ami-0123456789abcdef0"',
  );
  expect(id).toBe("ami-0123456789abcdef0");
  expect(readFileSync(join(folder, "args"), "utf8")).not.toContain("pwned");
  expect(JSON.parse(readFileSync(join(folder, "given.json"), "utf8")).tags).toEqual(VARIABLES.tags);
  expect(existsSync(join(folder, "pwned"))).toBe(false);
});

test.each([
  [
    "ExpiredToken: The security token included in the request is expired",
    /expired in the middle of the build in us-east-1\n.*--role/,
  ],
  ["RequestExpired: Request has expired.", /expired in the middle of the build/],
  [
    "InvalidAMIName.Duplicate: AMI name is already in use by AMI ami-1",
    /another build has made vxlan-graviton-1\.2\.0 in us-east-1 meanwhile/,
  ],
  ["VPCIdNotSpecified: No default VPC for this user", /no default VPC to build in.*\n.*--subnet/],
  ["MissingInput: No subnets found for the default VPC 'vpc-1'", /none with a default subnet\n.*--subnet/],
  [
    "apt-get exited with 100",
    /Packer failed in us-east-1\n {2}apt-get exited with 100\n.*packer\.log\n.*image prune --run 42/,
  ],
])("Packer's error %j says what to do", async (error, message) => {
  await expect(build(`echo "1700000000,,error,${error}"; exit 1`)).rejects.toThrow(message);
});

test("commas that Packer escapes are commas again, and what is no artifact is none", () => {
  const output =
    "1,a,artifact,0,id,us-east-1:ami-01%!(PACKER_COMMA)us-west-2:ami-02\n1,a,artifact,0,string,ami-03\n1,,ui,say,ami-04";
  expect([...packerOutput(output).amis]).toEqual([
    ["us-east-1", "ami-01"],
    ["us-west-2", "ami-02"],
  ]);
});

/** A Packer of two, of which the first lets signals pass. @returns its PATH. */
function packerOfTwo(): string {
  const inner = `trap 'echo cancelled > ${folder}/ended; exit 1' INT; echo $$ > ${folder}/begun; while :; do sleep 0.1; done`;
  const { PATH = "" } = packerThat(
    `trap '' INT\n/usr/bin/env --default-signal=INT /bin/sh -c "${inner.replaceAll("$$", "\\$\\$")}"`,
  );
  return PATH;
}

/** Runs a script of the command line as a process of its own, until its program has begun. */
async function begin(script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  while (!existsSync(join(folder, "begun"))) await sleep(50);
  return child;
}

const built = (path: string) => JSON.stringify(join(ROOT, "cli", "dist", path));
const building = (PATH: string) => `const { packerBuild } = require(${built("artifact/ami/packer.js")});
require(${built("process/interrupts.js")}).listen();
const build = ${JSON.stringify({ packer: { version: "1.6.6", generation: "1.6" }, template: "{}", variables: VARIABLES, folder, env: { PATH } })};
packerBuild(build).catch((error) => console.log(error.message));`;

test("Ctrl-C reaches the Packer that Packer has started, and says what sweeps the rest", async () => {
  const child = await begin(building(packerOfTwo()));
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.kill("SIGINT");
  await once(child, "close");
  expect(readFileSync(join(folder, "ended"), "utf8")).toBe("cancelled\n");
  expect(said).toBe("interrupted\n  what Packer could not take away: npx groundplan image prune --run 42\n");
});

test("kill -9: Packer takes away what it has made, and until then no build begins in its folder", async () => {
  const child = await begin(building(packerOfTwo()));
  const given = () => readdirSync(folder).filter((name) => name.endsWith(".pkrvars.json"));
  const [before, ...others] = given();
  expect(others).toEqual([]);
  await expect(build("exit 1")).rejects.toThrow(/^Packer, process \d+, builds here.*\n.*ps -p \d+/);
  // What the first has been given is its own, until it has read it.
  expect(given()).toEqual([before]);
  child.kill("SIGKILL");
  while (!existsSync(join(folder, "ended"))) await sleep(50);
  expect(readFileSync(join(folder, "ended"), "utf8")).toBe("cancelled\n");
});

test.each([true, false])("a logged program that ends with its parent: %j", async (endsWithParent) => {
  const program = `trap 'echo cancelled > ${folder}/ended; exit 1' INT; echo > ${folder}/beats; echo $$ > ${folder}/pid; echo > ${folder}/begun; while :; do echo >> ${folder}/beats; sleep 0.1; done`;
  const child =
    await begin(`require(${built("process/run.js")}).runLogged("/bin/sh", ["-c", ${JSON.stringify(program)}], {
  cwd: ${JSON.stringify(folder)}, log: ${JSON.stringify(join(folder, "log"))}, note: ${JSON.stringify(join(folder, "note"))}, endsWithParent: ${endsWithParent} });`);
  child.kill("SIGKILL");
  await once(child, "close");
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  if (endsWithParent) while (!existsSync(join(folder, "ended"))) await sleep(50);
  else {
    const beats = () => readFileSync(join(folder, "beats")).length;
    for (const before = beats(); beats() < before + 3; ) await sleep(50);
    expect(existsSync(join(folder, "ended"))).toBe(false);
    process.kill(pid, "SIGKILL");
  }
});
