import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "../../temporary-folder";

/*
 * The whole script of an instance, from its first step to a runner that takes a job, on Ubuntu and on Amazon Linux: with the
 * metadata service over HTTP, and an agent of ours in the archive of the bucket. What changes a machine (packages, users,
 * services) is written down in place of it; a machine that boots it for real takes minutes.
 */

const SCRIPT = join(__dirname, "..", "..", "..", "modules", "runner", "user-data", "runner.sh");

/** Programs of the machine that the script uses as they are. */
const OWN = [
  ...[
    "bash",
    "sh",
    "env",
    "date",
    "tee",
    "sleep",
    "touch",
    "mkdir",
    "rm",
    "mv",
    "cp",
    "cat",
    "grep",
    "sed",
    "tar",
  ],
  ...["gzip", "sha256sum", "mktemp", "jq", "uname", "sync", "chmod", "id", "dirname"],
];

/** What changes a machine: it is written down, and fails when it is told to. */
const NOTED = [
  "cloud-init",
  "apt-get",
  "apt-cache",
  "dnf",
  "docker",
  "nginx",
  "npm",
  "systemctl",
  "useradd",
  "usermod",
  "chown",
];

const NOTE = `echo "$(basename "$0" 2>/dev/null || echo "\${0##*/}") $*" >>"$NOTES"
case " $FAILING " in *" \${0##*/} "*) exit 1 ;; esac`;

let folder: string;
let server: Server;
let jobs: string[];

/** The agent: it takes one job by its configuration, and reports it. */
const AGENT = `#!/bin/bash
url=$(printf %s "$ACTIONS_RUNNER_INPUT_JITCONFIG" | base64 -d | jq -er .url)
exec curl -fsS -X POST "$url"`;

beforeEach(async () => {
  folder = temporaryFolder("runner-boot");
  jobs = [];
  server = createServer((request, response) => {
    const { method, url = "" } = request;
    request.resume();
    const answers: Readonly<Record<string, string>> = {
      "PUT /latest/api/token": "token",
      "GET /latest/meta-data/instance-id": "i-0123456789abcdef0",
      "GET /latest/meta-data/tags/instance/groundplan:runner": "42",
    };
    const has = method === "PUT" || request.headers["x-aws-ec2-metadata-token"] === "token";
    if (method === "POST") jobs.push(url);
    const answer = method === "POST" ? "" : has ? answers[`${method} ${url}`] : undefined;
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Where a program of the machine is. */
function program(name: string): string {
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((one) => join(one, name))
    .find(existsSync);
  if (!found) throw new Error(`${name} is not there`);
  return found;
}

function executable(path: string, text: string): void {
  writeFileSync(path, `#!${program("bash")}\n${text}\n`);
  chmodSync(path, 0o755);
}

/** A file of an archive, as tar writes it. */
function tarOf(name: string, content: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write("0000755\0", 100);
  for (const at of [108, 116]) head.write("0000000\0", at);
  head.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  head.write("00000000000\0        0", 136);
  head.write(
    `${[...head]
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return gzipSync(Buffer.concat([head, body, Buffer.alloc(1024)]));
}

interface Machine {
  readonly system: "ubuntu" | "al2023";
  readonly proxy?: boolean;

  /** Programs that fail. */
  readonly failing?: readonly string[];

  /** Programs that the image does not have. */
  readonly without?: readonly string[];
}

/** Makes a machine: what it has, and what it is told. */
function machine({ system, proxy = true, without = [] }: Machine): void {
  rmSync(join(folder, "bin"), { recursive: true, force: true });
  for (const one of ["bin", "etc/groundplan-runner", "etc/nginx/conf.d", "etc/rsyslog.d"])
    mkdirSync(join(folder, one), { recursive: true });
  const bin = (name: string) => join(folder, "bin", name);
  for (const name of [...OWN, "base64", "basename"]) symlinkSync(program(name), bin(name));
  const others = system === "ubuntu" ? ["dnf"] : ["apt-get", "apt-cache", "cloud-init"];
  for (const name of NOTED.filter((one) => !others.includes(one))) executable(bin(name), NOTE);
  executable(bin("agent"), NOTE);
  // A program runs as another user, or makes a folder for one, only as root.
  executable(bin("setpriv"), 'while [ "$1" != env ]; do shift; done; exec "$@"');
  executable(bin("install"), `${NOTE}\nmkdir -p "\${!#}"`);
  // No other host is asked.
  executable(
    bin("curl"),
    `for one; do case $one in ${origin()}*) exec ${program("curl")} "$@" ;; esac; done; echo "curl $*" >>"$NOTES"; exit 22`,
  );
  const archive = tarOf("run.sh", AGENT);
  writeFileSync(join(folder, "archive"), archive);
  const sha256 = createHash("sha256").update(archive).digest("hex");
  const configuration = Buffer.from(JSON.stringify({ url: `${origin()}/job` })).toString("base64");
  executable(
    bin("aws"),
    `${NOTE}
case "$*" in
  *program.json*) echo '{"version":"2.350.0","sha256":{"x64":"${sha256}","arm64":"${sha256}"}}' ;;
  *${sha256}.tar.gz*) cp "${join(folder, "archive")}" "\${!#}" ;;
  *get-parameter*) case " $FAILING " in *" ssm "*) exit 255 ;; esac; echo ${configuration} ;;
esac`,
  );
  for (const name of without) rmSync(bin(name));
  const settings = {
    MODE: "ephemeral",
    REGION: "us-east-1",
    PARAMETERS: "/p",
    PROGRAM_BUCKET: "bucket",
    RUNNER_VERSION: "2.340.0",
    RUNNER_SHA256_X64: "a",
    RUNNER_SHA256_ARM64: "a",
    RUNNER_URL: "https://example.com",
    PROXY: String(proxy),
    IMDS: origin(),
  };
  writeFileSync(
    join(folder, "etc", "groundplan-runner", "settings"),
    Object.entries(settings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
}

/** Boots the machine. @returns the status of the script, its log, and what it has changed */
async function boot({ failing = [] }: Partial<Machine> = {}) {
  const notes = join(folder, "notes");
  writeFileSync(notes, "");
  writeFileSync(join(folder, "log"), "");
  const child = spawn(program("bash"), [SCRIPT], {
    env: {
      PATH: join(folder, "bin"),
      NOTES: notes,
      FAILING: failing.join(" "),
      STATE: join(folder, "state"),
      ROOT: join(folder, "root"),
      LOG: join(folder, "log"),
      ETC: join(folder, "etc"),
      AGENT: join(folder, "bin", "agent"),
      TRIES: "2",
      PAUSE: "0",
      SHIP: "0",
      LOOK: "60",
    },
    stdio: "ignore",
    // What it leaves in the background goes with it.
    detached: true,
  });
  const status = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  try {
    process.kill(-(child.pid ?? 0), "SIGKILL");
  } catch {
    // Nothing was left.
  }
  const lines = readFileSync(notes, "utf8").trim().split("\n");
  return { status, log: readFileSync(join(folder, "log"), "utf8"), notes: lines };
}

const STEPS = [
  ...[
    "cloud-init",
    "packages",
    "logs",
    "aws-cli",
    "node",
    "account",
    "compose",
    "proxy",
    "runner-program",
    "configuration",
  ],
];
const stepsOf = (log: string) => [...log.matchAll(/ step (.+)$/gm)].map(([, name]) => name);

/** What shuts the instance down, which ends it. */
const END = "systemctl poweroff --no-block";

test.each(["ubuntu", "al2023"] as const)(
  "%s boots from nothing to a runner that takes a job, and ends; booted again, nothing is changed",
  async (system) => {
    machine({ system });
    const first = await boot();
    expect([first.status, jobs]).toEqual([0, ["/job"]]);
    expect(stepsOf(first.log)).toEqual(STEPS);
    expect(first.notes.at(-1)).toBe(END);
    const installed = first.notes.find((line) => / install /.test(line) && !line.startsWith("install"));
    expect(installed).toMatch(
      system === "ubuntu" ? /^apt-get .*docker\.io nginx/ : /^dnf .*amazon-cloudwatch-agent/,
    );
    expect(readFileSync(join(folder, "etc", "nginx", "conf.d", "groundplan-runner.conf"), "utf8")).toContain(
      "proxy_pass http://127.0.0.1:8080;",
    );
    // Amazon Linux has no syslog as a file of that name.
    const syslog = join(folder, "etc", "rsyslog.d", "groundplan-runner.conf");
    expect(existsSync(syslog)).toBe(system === "al2023");
    expect(first.notes).toContainEqual(expect.stringMatching(/^agent -a fetch-config .*logs\.json$/));

    const second = await boot();
    expect([second.status, stepsOf(second.log)]).toEqual([0, []]);
    expect(second.notes.filter((line) => !line.startsWith("install"))).toEqual([END]);
  },
  120_000,
);

const FAILURES: readonly (readonly [step: string, machine: Machine])[] = [
  ["cloud-init", { system: "ubuntu", failing: ["cloud-init"] }],
  ["packages", { system: "ubuntu", failing: ["apt-get"] }],
  ["packages", { system: "al2023", failing: ["dnf"] }],
  ["logs", { system: "ubuntu", failing: ["agent"] }],
  ["logs", { system: "al2023", failing: ["systemctl"] }],
  ["aws-cli", { system: "ubuntu", without: ["aws"] }],
  ["node", { system: "ubuntu", without: ["npm"] }],
  ["node", { system: "al2023", without: ["npm"] }],
  ["account", { system: "ubuntu", failing: ["useradd"] }],
  ["compose", { system: "al2023", failing: ["docker"] }],
  ["proxy", { system: "ubuntu", failing: ["nginx"] }],
  ["runner-program", { system: "ubuntu", failing: ["aws"] }],
  ["configuration", { system: "ubuntu", failing: ["ssm"] }],
];

test.each(FAILURES)(
  "a step %s that fails for good says so and ends the instance: %p",
  async (step, how) => {
    machine(how);
    const { status, log, notes } = await boot(how);
    expect([status, jobs]).toEqual([1, []]);
    expect(log).toContain(`BOOT FAILED in step ${step}`);
    expect(stepsOf(log).at(-1)).toBe(step);
    expect(notes.at(-1)).toBe(END);
  },
  120_000,
);

test("a machine that is lost in a step goes on with it, and takes its job", async () => {
  machine({ system: "ubuntu" });
  await boot({ failing: ["nginx"] });
  const { status, log } = await boot();
  expect([status, jobs]).toEqual([0, ["/job"]]);
  expect(stepsOf(log)).toEqual(["proxy", "runner-program", "configuration"]);
});
