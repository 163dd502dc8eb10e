import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { userData } from "@groundplan/modules/runner/user-data/user-data";
import { temporaryFolder } from "../../temporary-folder";

const SCRIPT = join(__dirname, "..", "..", "..", "modules", "runner", "user-data", "runner.sh");
const PROGRAM = { version: "2.340.0", sha256: { x64: "a".repeat(64), arm64: "b".repeat(64) } };

let folder: string;
let state: string;
let log: string;

beforeEach(() => {
  folder = temporaryFolder("user-data");
  state = join(folder, "state");
  log = join(folder, "log");
  mkdirSync(state);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs lines of bash with the functions of the script, in which an instance that ends only says so. */
function run(lines: string, variables: NodeJS.ProcessEnv = {}) {
  const sourced = `. ${SCRIPT}\nend() { say "the instance ends"; exit 3; }\n${lines}`;
  const env = {
    ...process.env,
    STATE: state,
    LOG: log,
    TRIES: "3",
    SHIP: "0",
    PAUSE: "0",
    MODE: "ephemeral",
    ...variables,
  };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", sourced], { env, encoding: "utf8" });
  return { status, output: stdout + stderr, log: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

test("a step is done once, however often the script runs", () => {
  const line = `once() { echo done >>"${folder}/done"; }; step once once`;
  expect(run(line).status).toBe(0);
  expect(run(line).status).toBe(0);
  expect(readFileSync(join(folder, "done"), "utf8")).toBe("done\n");
});

test("a step that fails twice is tried a third time", () => {
  const line = `try() { echo x >>"${folder}/tries"; [ "$(wc -l <"${folder}/tries")" -eq 3 ]; }; step try try`;
  const { status, log: said } = run(line);
  expect(status).toBe(0);
  expect(said.match(/try \d of 3 failed: try/g)).toHaveLength(2);
});

test("a command that fails within a step fails the step, and an instance for one job says so and ends", () => {
  const { status, log: said } = run("broken() { false; true; }; step broken broken; echo went on");
  expect(said).toMatch(/BOOT FAILED in step broken\n.*the instance ends\n$/);
  expect(status).toBe(3);
  expect(existsSync(join(state, "broken"))).toBe(false);
});

test("an instance that stays ends too when its boot fails: its group starts another", () => {
  const { status, log: said } = run("step broken false", { MODE: "standing" });
  expect(status).toBe(3);
  expect(said).toContain("the instance ends");
});

const STANDING = `metadata() { echo i-0123456789abcdef0; }
  as_runner() { printf '%s|' "$ACTIONS_RUNNER_INPUT_TOKEN" "$@" >>"$ROOT/registered"; touch "$ROOT/.runner"; }
  REGION=us-east-1 PARAMETERS=/p`;

test("an instance that stays registers once, by a token that is in no list of processes, and takes the token away", () => {
  const answer = JSON.stringify({
    token: "AAA",
    url: "https://github.com/octo",
    name: "runner-01",
    labels: "a,b",
    group: "Default",
  });
  const lines = `${STANDING}
    aws() { echo "$*" >>"${folder}/calls"; [ "$2" != get-parameter ] || echo '${answer}'; }
    registration; registration`;
  expect(run(lines, { ROOT: folder }).status).toBe(0);
  expect(readFileSync(join(folder, "registered"), "utf8")).toBe(
    "AAA|./config.sh|--unattended|--url|https://github.com/octo|--work|_work|--name|runner-01|--labels|a,b|--runnergroup|Default|",
  );
  const calls = readFileSync(join(folder, "calls"), "utf8");
  expect(calls.match(/get-parameter/g)).toHaveLength(1);
  expect(calls).toContain("ssm delete-parameter --region us-east-1 --name /p/i-0123456789abcdef0");
});

test("an instance that has no token yet asks again, and ends when there never is one", () => {
  const lines = `${STANDING}
    aws() { return 254; }
    step registration registration`;
  const { status, log: said } = run(lines, { ROOT: folder });
  expect(status).toBe(3);
  expect(said).toContain("try 3 of 3 failed: registration");
});

test("a program whose checksum is another is not unpacked", () => {
  const lines = `curl() { while [ "$1" != -o ]; do shift; done; echo other >"$2"; }
    RUNNER_URL=https://example.com RUNNER_VERSION=2.340.0 RUNNER_SHA256_X64=${"a".repeat(64)} RUNNER_SHA256_ARM64=${"b".repeat(64)}
    ROOT=${folder}/root REGION=us-east-1 PROGRAM_BUCKET=bucket
    aws() { echo "An error occurred (404) when calling the HeadObject operation" >&2; return 1; }
    step runner-program runner_program`;
  const { status, log: said } = run(lines);
  expect(said).toContain("BOOT FAILED in step runner-program");
  expect(status).toBe(3);
  expect(existsSync(join(folder, "root"))).toBe(false);
});

/** Puts an archive of a program into the folder. @returns its SHA-256. */
function archive(): string {
  writeFileSync(join(folder, "run.sh"), "");
  execFileSync("tar", ["-czf", join(folder, "archive"), "-C", folder, "run.sh"]);
  return createHash("sha256")
    .update(readFileSync(join(folder, "archive")))
    .digest("hex");
}

/** A bucket with an archive, and an account that has no user of that name. */
const bucket = (sha256: string) => `aws() {
    case "$*" in *program.json*) echo '{"version":"2.350.0","sha256":{"x64":"${sha256}","arm64":"${sha256}"}}' ;;
    *${sha256}.tar.gz*) cp "${folder}/archive" "\${!#}" ;; *) return 1 ;; esac
  }
  install() { mkdir -p "$ROOT"; }
  chown() { :; }
  curl() { echo downloaded >>"${folder}/downloaded"; return 22; }
  ROOT=${folder}/root REGION=us-east-1 PROGRAM_BUCKET=bucket RUNNER_URL=https://example.com RUNNER_VERSION=2.340.0
  RUNNER_SHA256_X64=a RUNNER_SHA256_ARM64=b
  step runner-program runner_program`;

test("the program of the bucket goes before that of the settings, when its checksum is right", () => {
  const { status, log: said } = run(bucket(archive()));
  expect([status, said]).toEqual([0, expect.stringContaining("program 2.350.0 of the bucket")]);
  expect(existsSync(join(folder, "root", "run.sh"))).toBe(true);
  expect(existsSync(join(folder, "downloaded"))).toBe(false);
});

test("a program of the bucket whose checksum is another is not unpacked", () => {
  archive();
  expect(run(bucket("c".repeat(64))).status).toBe(3);
  expect(existsSync(join(folder, "root"))).toBe(false);
});

test("a bucket that cannot be reached is no bucket without a program", () => {
  const { status, log: said } = run(
    bucket(archive()).replace("case", 'echo "Could not connect" >&2; return 1; case'),
  );
  expect([status, said]).toEqual([3, expect.stringContaining("Could not connect")]);
  expect(existsSync(join(folder, "downloaded"))).toBe(false);
});

test("the configuration is that of the runner which the instance's tag names, and is deleted after it was read", () => {
  const lines = `metadata() { echo 42; }
    aws() { echo "$*" >>"${folder}/calls"; [ "$2" != get-parameter ] || echo secret; }
    REGION=us-east-1 PARAMETERS=/p
    step configuration configuration`;
  expect(run(lines).status).toBe(0);
  expect(readFileSync(join(state, "configuration.jit"), "utf8")).toBe("secret\n");
  const calls = readFileSync(join(folder, "calls"), "utf8");
  expect(calls).toMatch(/^ssm get-parameter .*--name \/p\/42 .*\nssm delete-parameter .*--name \/p\/42\n$/);
});

test.each(["", "42; reboot", "../other"])("an instance whose tag is %p reads nothing", (tag) => {
  const lines = `metadata() { echo '${tag}'; }
    aws() { echo "$*" >>"${folder}/calls"; }
    REGION=us-east-1 PARAMETERS=/p
    step configuration configuration`;
  expect(run(lines).status).toBe(3);
  expect(existsSync(join(folder, "calls"))).toBe(false);
});

test("user data is bash, fits into 16 KB, and quotes what the settings say", () => {
  const url = "https://example.com/it's";
  const text = userData({
    fleet: "groundplan-dev",
    region: "us-east-1",
    parameterPath: "/p",
    program: { ...PROGRAM, url },
    programBucket: "bucket",
    proxy: true,
    isStanding: false,
  });
  expect(() => execFileSync("bash", ["-n"], { input: text })).not.toThrow();
  expect(Buffer.byteLength(text)).toBeLessThan(16_384);
  const [, settings = ""] = /<<'SETTINGS_END'\n([\s\S]*?)SETTINGS_END\n/.exec(text) ?? [];
  const said = execFileSync("bash", ["-c", `${settings}\nprintf %s "$RUNNER_URL $PROXY"`], {
    encoding: "utf8",
  });
  expect(said).toBe(`${url} true`);
  const [, script = ""] = /<<'SCRIPT_END'\n([\s\S]*?)SCRIPT_END\n/.exec(text) ?? [];
  expect(script.startsWith("#!/bin/bash\n")).toBe(true);
  expect(script).toContain("main() {");
  // cloud-final.service is after multi-user.target: what that wants, and is after cloud-final, is a circle, and starts at no boot.
  expect(text).toMatch(/After=.* cloud-final\.service\n[\s\S]*WantedBy=cloud-init\.target\n/);
});

describe("a notice that spot capacity goes", () => {
  /** Watches for a while. @param shown - what EC2 says */
  const watch = (shown: string) =>
    run(
      `metadata() { case "$1" in ${shown}) echo '{"action":"terminate"}' ;; *) return 22 ;; esac; }
      end() { say "ended from here"; }
      watch_notices & watcher=$!
      sleep 1; kill $watcher && echo "still there"; exit 0`,
      { LOOK: "0.05" },
    );

  test.each(["spot/instance-action", "events/recommendations/rebalance"])(
    "%s is said once, and the functions end the instance: nobody knows here that no job begins",
    (notice) => {
      const { log: said, output } = watch(notice);
      expect(said.match(/NOTICE \S+/g)).toEqual([`NOTICE ${notice}`]);
      expect(said).not.toContain("ended from here");
      expect(output).toContain("still there");
    },
  );

  test("without a notice nothing is said", () => {
    expect(watch("nothing").log).toBe("");
  });
});

test("the id of a runner of a further owner leads to its configuration", () => {
  const read = (id: string) => {
    const lines = `metadata() { echo '${id}'; }
      aws() { [ "$2" != get-parameter ] || echo secret; }
      REGION=us-east-1 PARAMETERS=/p
      rm -f "$STATE/configuration"
      step configuration configuration`;
    return run(lines).status;
  };
  for (const id of ["42", "octo-org/42", "octo/.github/42"]) expect([id, read(id)]).toEqual([id, 0]);
  for (const id of ["/42", "../42", "a/b/c/42", "octo/", "octo/42; reboot"])
    expect([id, read(id)]).not.toEqual([id, 0]);
});

describe("Node", () => {
  /** Installs it from an archive as its makers release it. @param sha256 - that is expected of the archive */
  function install(sha256: (of: string) => string) {
    for (const one of ["bin", "include", "lib/node_modules", "share"])
      mkdirSync(join(folder, "node-v1", one), { recursive: true });
    writeFileSync(join(folder, "node-v1", "bin", "node"), "");
    execFileSync("ln", ["-s", "../lib/node_modules", join(folder, "node-v1", "bin", "npm")]);
    execFileSync("tar", ["-czf", join(folder, "node.tar.gz"), "-C", folder, "node-v1"]);
    const made = createHash("sha256")
      .update(readFileSync(join(folder, "node.tar.gz")))
      .digest("hex");
    mkdirSync(join(folder, "local"));
    const lines = `command() { [ -e "$LOCAL/bin/npm" ]; }
      curl() { while [ "$1" != -o ]; do shift; done; cp "${folder}/node.tar.gz" "$2"; echo "$3" >>"${folder}/asked"; }
      NODE_VERSION=v1 NODE_SHA256_X64=${sha256(made)} NODE_SHA256_ARM64=${sha256(made)}
      step node node_js; rm "$STATE/node"; step node node_js`;
    const { status } = run(lines, { LOCAL: join(folder, "local"), TMPDIR: folder });
    const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
    return { status, asked, has: existsSync(join(folder, "local", "bin", "npm")) };
  }

  test("is what its makers release, once", () => {
    const { status, asked, has } = install((of) => of);
    expect([status, has]).toEqual([0, true]);
    expect(asked).toEqual([
      expect.stringMatching(/^https:\/\/nodejs\.org\/dist\/v1\/node-v1-linux-(x64|arm64)\.tar\.gz$/),
    ]);
  });

  test("planted fault: whose checksum is another is not unpacked", () => {
    const { status, asked, has } = install(() => "c".repeat(64));
    expect([status, has, asked.length]).toEqual([3, false, 3]);
  });
});

test("Docker Compose is a package where there is one", () => {
  const lines = (has: boolean) => `apt-get() { echo "$*" >>"${folder}/apt"; }
    apt-cache() { ${has}; }
    packages; cat "${folder}/apt"`;
  expect(run(lines(true)).output).toContain(" docker-compose-v2");
  rmSync(join(folder, "apt"));
  expect(run(lines(false)).output).not.toContain("docker-compose-v2");
});
