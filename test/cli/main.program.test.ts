import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { temporaryFolder } from "../temporary-folder";
import { build, groundplan } from "./groundplan";
import { type StateProject, stateProject } from "./project";

let project: StateProject;
beforeAll(() => {
  build();
  project = stateProject({ bucket: "a-bucket" });
});
afterAll(() => project.remove());

const COMMANDS = [
  "doctor",
  "bootstrap",
  "lock",
  "new",
  "local",
  "list",
  "graph",
  "affected",
  "watch",
  "plan",
  "report",
  "comment",
  "drift",
  "artifact",
  "apply",
  "destroy",
  "state",
  "completion",
];

/** A folder for PATH that holds `terraform`, which answers as given. */
function terraformThatSays(version: string): string {
  const folder = join(project.folder, `bin-${version}`);
  mkdirSync(folder, { recursive: true });
  const answer = JSON.stringify({ terraform_version: version, platform: "linux_amd64" });
  writeFileSync(join(folder, "terraform"), `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(join(folder, "terraform"), 0o755);
  return folder;
}

test("--help names every command, examples and exit codes", async () => {
  const { code, stdout } = await groundplan(["--help"], { cwd: project.folder });

  expect(code).toBe(0);
  for (const command of COMMANDS) expect(stdout).toContain(`  ${command}`);
  expect(stdout).toContain("Examples:");
  expect(stdout).toContain("130  interrupted");
});

test.each(COMMANDS)("%s --help has examples and exit codes", async (command) => {
  const { code, stdout } = await groundplan([command, "--help"], { cwd: project.folder });

  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples?:\n {2}\$ /);
  expect(stdout).toContain("Exit codes:");
});

test.each([
  [["boostrap"], "Did you mean bootstrap?"],
  [["local", "ups"], "Did you mean up?"],
  [["lock", "--chekc"], "Did you mean --check?"],
  [["local", "up", "--port", "http"], "use 1024 to 65535"],
  [["local", "cluster", "up", "--nodes", "kind"], "use real, kwok, or 1 to 20"],
])("%j is answered with what was meant", async (args, hint) => {
  const { code, stdout, stderr } = await groundplan(args, { cwd: project.folder });

  expect(code).toBe(2);
  expect(stderr).toContain(hint);
  expect(stdout).toBe("");
});

test.each([["bootstrap"], ["lock"], ["doctor"]])(
  "%s without a project says where it looked",
  async (command) => {
    const empty = temporaryFolder("empty");

    const { code, stderr } = await groundplan([command], { cwd: empty });

    expect(code).toBe(2);
    expect(stderr).toContain("no cdktf.json here or in a folder above");
    expect(stderr).not.toContain("    at ");
    rmSync(empty, { recursive: true });
  },
);

test("no stack trace but with --debug", async () => {
  const options = { cwd: tmpdir() };

  expect((await groundplan(["bootstrap"], options)).stderr).not.toContain("findProject");
  expect((await groundplan(["--debug", "bootstrap"], options)).stderr).toContain("findProject");
});

test("corrupt output of a synth is named, with how to mend it", async () => {
  const broken = stateProject({ bucket: "a-bucket" });
  writeFileSync(join(broken.folder, "cdktf.out", "manifest.json"), '{ "stacks": ');

  const { code, stderr } = await groundplan(["bootstrap"], { cwd: broken.folder });

  expect(code).toBe(2);
  expect(stderr).toContain("cdktf.out/manifest.json cannot be read");
  expect(stderr).toContain("synthesize again: npx cdktf synth");
  broken.remove();
});

test("bootstrap synthesizes what the code says now, and with --skip-synth takes what is there", async () => {
  const stale = stateProject({ bucket: "a-bucket" });
  const options = { cwd: stale.folder, env: { AWS_SHARED_CREDENTIALS_FILE: join(stale.folder, "none") } };
  // What is synthesized would do; the code that is there now does not.
  writeFileSync(
    join(stale.folder, "cdktf.json"),
    '{ "language": "typescript", "app": "echo wrong; exit 1" }',
  );

  const old = await groundplan(["bootstrap", "--skip-synth"], options);
  const fresh = await groundplan(["bootstrap"], options);

  expect([old.code, old.stderr]).toEqual([3, expect.stringContaining("no AWS credentials")]);
  expect([fresh.code, fresh.stderr]).toEqual([1, expect.stringContaining("the synth failed")]);
  stale.remove();
});

test.each(["bootstrap", "lock"])("%s without Terraform says where to get it", async (command) => {
  const { code, stderr } = await groundplan([command], {
    cwd: project.folder,
    env: { PATH: project.folder },
  });

  expect(code).toBe(3);
  expect(stderr).toContain("no Terraform on PATH");
  expect(stderr).toContain("install it: https://");
});

test("a Terraform that is too old is refused, and the newest that is not old enough", async () => {
  const PATH = `${terraformThatSays("1.10.9")}${delimiter}${process.env.PATH}`;

  const { code, stderr } = await groundplan(["lock", "--check"], { cwd: project.folder, env: { PATH } });

  expect(code).toBe(3);
  expect(stderr).toContain("Terraform 1.10.9 is too old: Groundplan needs 1.11.0 or newer");
});

test("TERRAFORM_BINARY_NAME that names nothing is said so", async () => {
  const env = { TERRAFORM_BINARY_NAME: "terraform-none" };

  const { code, stderr } = await groundplan(["lock", "--check"], { cwd: project.folder, env });

  expect(code).toBe(3);
  expect(stderr).toContain("TERRAFORM_BINARY_NAME names terraform-none, which does not run");
});

describe("doctor", () => {
  interface Report {
    readonly ok: boolean;
    readonly findings: readonly { check: string; level: string; found: string; instead?: string }[];
  }

  async function doctor(
    env: Record<string, string>,
  ): Promise<{ code: number | null; levels: Record<string, string>; report: Report }> {
    const { code, stdout } = await groundplan(["doctor", "--json"], { cwd: project.folder, env });
    const report = JSON.parse(stdout) as Report;
    return {
      code,
      report,
      levels: Object.fromEntries(report.findings.map(({ check, level }) => [check, level])),
    };
  }

  test("says everything at once, each fault with what to do", async () => {
    const { code, levels, report } = await doctor({ PATH: terraformThatSays("1.5.7") });

    expect(code).toBe(1);
    expect(report.ok).toBe(false);
    expect(levels).toMatchObject({
      Node: "ok",
      Terraform: "fail",
      cdktf: "ok",
      Stacks: "ok",
      Credentials: "fail",
      Backend: "warn",
      "Provider lock": "warn",
      Emulator: "ok",
    });
    for (const { level, instead } of report.findings) if (level !== "ok") expect(instead).toBeTruthy();
  });

  test("an endpoint that does not answer is named", async () => {
    const env = {
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    };

    const { report } = await doctor(env);

    const credentials = report.findings.find(({ check }) => check === "Credentials");
    expect(credentials?.level).toBe("fail");
    expect(credentials?.found).toContain("http://127.0.0.1:9 cannot be reached");
  });

  test("a CLI configuration that is not there is a warning, not a fault", async () => {
    const { report } = await doctor({ TF_CLI_CONFIG_FILE: join(project.folder, "missing.rc") });

    const mirror = report.findings.find(({ check }) => check === "Provider mirror");
    expect(mirror?.level).toBe("warn");
    expect(mirror?.found).toContain("missing.rc, which is not there");
  });

  test("for people: a line for each finding, without colours when it is not a terminal", async () => {
    const { stdout } = await groundplan(["doctor"], { cwd: project.folder });

    expect(stdout).toMatch(/^ok {4}Node/m);
    expect(stdout).toMatch(/^fail {2}Credentials +no AWS credentials$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    expect(stdout).not.toMatch(/\u001b/);
  });
});

describe("local", () => {
  test("env without an emulator says how to start one", async () => {
    const { code, stderr, stdout } = await groundplan(["local", "env"], { cwd: project.folder });

    expect(code).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain("npx groundplan local up");
  });

  test("a port that another program has is refused with another one", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address ? address.port : 0);
      });
    });

    const { code, stderr } = await groundplan(["local", "up", "--port", String(port)], {
      cwd: project.folder,
    });

    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${port} is taken`);
    expect(stderr).toContain("choose another port");
  });

  test.each([
    ["--account", "12345"],
    ["--region", "mars"],
  ])("%s %s is refused", async (flag, value) => {
    const { code, stderr } = await groundplan(["local", "up", flag, value], { cwd: project.folder });

    expect(code).toBe(2);
    expect(stderr).toContain(JSON.stringify(value));
  });
});
