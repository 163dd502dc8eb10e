import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FORMATS } from "../../cli/commands/report";
import { build, groundplan } from "../cli/groundplan";
import { temporaryFolder } from "../temporary-folder";

// Real Terraform, which prints the secrets: a provisioner and a precondition repeat them, and nobody marked some.

let folder: string;
beforeAll(() => build());
beforeEach(() => {
  folder = temporaryFolder("masked");
});

const SECRETS = ["Quiet Otter!42", "Loud-Heron-77", "Swift Swan Nine"];

/** An app whose stack repeats its secrets. @param fails - whether a precondition fails, and repeats one too. */
function writeApp(settings: object, fails: boolean): void {
  const stack = {
    terraform: { backend: { local: { path: join(folder, "terraform.tfstate") } } },
    variable: {
      login: { type: "object({user=string,password=string})", sensitive: true },
      size: { type: "number", default: fails ? 12 : 7 },
    },
    resource: {
      terraform_data: {
        job: {
          input: { url: "pg://Loud-Heron-77@db", admin_password: "Loud-Heron-77", size: "${var.size}" },
          provisioner: [
            {
              "local-exec": {
                command: "echo ${nonsensitive(var.login.password)} $EXTRA",
                environment: { EXTRA: "Loud-Heron-77" },
              },
            },
          ],
          lifecycle: {
            precondition: [
              {
                condition: "${var.size < 10}",
                error_message:
                  "For ${nonsensitive(var.login.password)}: ask the platform team before you go above 9 nodes.",
              },
            ],
          },
        },
      },
    },
    output: { api_token: { value: "Swift Swan Nine" } },
  };
  const manifest = {
    version: "0.21.0",
    stacks: {
      shop: {
        name: "dev-shop",
        constructPath: "shop",
        workingDirectory: "stacks/dev-shop",
        synthesizedStackPath: "stacks/dev-shop/cdk.tf.json",
        annotations: [],
        dependencies: [],
      },
    },
  };
  writeFileSync(
    join(folder, "main.js"),
    `const { mkdirSync, writeFileSync } = require("node:fs");
const out = process.env.CDKTF_OUTDIR;
mkdirSync(out + "/stacks/dev-shop", { recursive: true });
writeFileSync(out + "/stacks/dev-shop/cdk.tf.json", ${JSON.stringify(JSON.stringify(stack))});
writeFileSync(out + "/manifest.json", ${JSON.stringify(JSON.stringify(manifest))});
`,
  );
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ app: "node main.js", groundplan: settings }));
}

const env = { TF_VAR_login: '{"user":"app","password":"Quiet Otter!42"}' };
const run = (...args: readonly string[]) => groundplan(args, { cwd: folder, env });

/** What writes a report, but for those formats that write it to a file that is named. */
const reportOf = (format: string) =>
  run("report", "--format", format, ...(format === "summary" ? ["--out", ".groundplan/summary.md"] : []));

/** Everything that some runs printed, and that stands in their folders. */
function allOf(outputs: readonly { stdout: string; stderr: string }[]): string {
  const files = readdirSync(join(folder, ".groundplan"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return [...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files].join("\n");
}

test("plan, report, apply and drift: no secret is in any output or file, marked or named", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, false);
  const plan = await run("plan");
  const reports = await Promise.all(FORMATS.map(reportOf));
  const apply = await run("apply", "--auto-approve");
  const drift = await run("drift");

  expect([plan, ...reports, apply, drift].map(({ code }) => code)).toEqual(Array(9).fill(0));
  const all = allOf([plan, ...reports, apply, drift]);
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  // What the provisioner printed is kept, without them.
  const log = readFileSync(join(folder, ".groundplan/apply/stacks/dev-shop/apply.log"), "utf8");
  expect(log).toMatch(/\(local-exec\): \(sensitive value\) \(sensitive value\)/);
  expect(log).toContain("terraform_data.job: Creating...");
});

test("planted fault: without the setting, what nobody marked is shown", async () => {
  writeApp({}, false);
  const plan = await run("plan");

  const all = allOf([plan]);
  expect(all).toContain("Loud-Heron-77");
  expect(all).not.toContain("Quiet Otter!42");
});

test("a failure: Terraform's whole explanation is shown, without the secret, and its file is named", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, true);
  const plan = await run("plan");
  const reports = await Promise.all(FORMATS.map(reportOf));

  expect(plan.code).toBe(1);
  const all = allOf([plan, ...reports]);
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  const words = "(sensitive value): ask the platform team before you go above 9 nodes.";
  const unwrapped = (text: string) => text.replaceAll(/\s+/g, " ");
  const told = reports.filter((_, at) => !["summary", "html"].includes(FORMATS[at] ?? ""));
  for (const { stdout } of [plan, ...told]) expect(unwrapped(stdout)).toContain(words);
  expect(plan.stdout).toContain("var.size is 12");
  expect(plan.stdout).toContain("whole output: .groundplan/plan/stacks/dev-shop/error.txt");
});

test("an unknown setting ends the command before it plans", async () => {
  writeApp({ masks: ["password"] }, false);
  const plan = await run("plan");

  expect(plan.code).toBe(2);
  expect(plan.stderr).toContain('"groundplan" has no setting "masks"');
});

test("plan --var-file gives a secret that is masked, and refuses a file that is not there", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, false);
  writeFileSync(
    join(folder, "of-dev.tfvars"),
    'login = { user = "app", password = "Busy Badger 3" }\nother = 1\n',
  );
  // Nothing else has a value for the variable.
  const bare = (...args: readonly string[]) => groundplan(args, { cwd: folder });
  const plan = await bare("plan", "--var-file", "of-dev.tfvars");
  const apply = await bare("apply", "--auto-approve", "--var-file", "of-dev.tfvars");
  const missing = await bare("plan", "--var-file", "of-prod.tfvars");

  expect([plan.code, apply.code, missing.code]).toEqual([0, 0, 2]);
  expect(missing.stderr).toContain("there is no file of-prod.tfvars");
  expect(allOf([plan, apply])).not.toContain("Busy Badger 3");
  const log = readFileSync(join(folder, ".groundplan/apply/stacks/dev-shop/apply.log"), "utf8");
  expect(log).toContain("(local-exec): (sensitive value) (sensitive value)");
});

/** Commands that show what Terraform says, and the words with which each is run. */
const SHOWN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  plan: [
    ["plan"],
    ["plan", "--json"],
    ["cost", "--planned", "--resources"],
    ["cost", "--planned", "--json"],
    ["cost", "--planned", "--markdown"],
  ],
  report: FORMATS.filter((format) => format !== "summary").map((format) => ["report", "--format", format]),
  apply: [["apply", "--auto-approve", "--json"]],
  drift: [["drift"], ["drift", "--json"]],
  list: [["list", "--json"]],
  graph: [["graph", "--json"]],
  destroy: [["destroy", "dev-shop", "--auto-approve", "--json"]],
};

/** Commands for which another test plants a secret: they need AWS, or a state that stands. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  bootstrap: "test/cli/bootstrap/bootstrap.emulator.test.ts",
  "artifact deploy": "test/cli/artifact/lambda/terraform.terraform.test.ts",
  "artifact promote": "test/cli/artifact/lambda/terraform.terraform.test.ts",
  "artifact rollback": "test/cli/artifact/lambda/terraform.terraform.test.ts",
  comment: "test/cli/comment/masked.test.ts",
  "local demo": "test/cli/plan/stack-secrets.terraform.test.ts",
  "preview create": "test/cli/preview/preview.emulator.test.ts",
  "preview dashboard": "test/cli/preview/preview.emulator.test.ts",
  "preview destroy": "test/cli/preview/preview.emulator.test.ts",
  "preview gc": "test/cli/preview/preview.emulator.test.ts",
  "preview list": "test/cli/preview/preview.emulator.test.ts",
  "preview status": "test/cli/preview/preview.emulator.test.ts",
  "state restore": "test/cli/state/push.terraform.test.ts",
};

/** Commands that show no value of a stack: why. */
const NO_VALUE: Readonly<Record<string, string>> = {
  affected: "addresses and names of arguments",
  "artifact build": "what a bundler says of sources",
  "artifact check": "what the code itself answers and prints, as when its author runs it",
  "artifact current": "hashes and versions",
  "artifact list": "hashes and versions",
  "artifact prune": "hashes and versions",
  "artifact watch": "versions, and the logs that the code itself writes on this machine",
  "artifact publish": "hashes and versions",
  completion: "a script of its own, names of stacks",
  "cost refresh": "AWS's prices",
  doctor: "what is installed, and where",
  "gitops analyze": "numbers, and what a URL answers is not shown",
  "gitops promote-canary": "names and steps of a Rollout",
  "gitops revert": "digests and commits",
  "gitops rollback": "digests and commits",
  "gitops set-image": "digests and commits",
  "gitops status": "digests, commits, and what Argo CD says of them",
  "gitops wait": "commits, and what Argo CD says of them",
  "image build": "ids of AMIs, and what Packer says; it gets no secret but AWS's own variables",
  "image cost": "AWS's prices",
  "image list": "ids, names and tags of AMIs",
  "image names": "a name",
  "image prune": "ids, names and tags of AMIs, and what refers to them",
  "image publish": "ids of AMIs, and the address of a release",
  "image release-notes": "ids of AMIs",
  "image resume": "ids of AMIs",
  "image share": "ids of AMIs, and numbers of accounts",
  "image test": "what checks of two new machines print",
  "image validate": "names of Regions, and which network or quota is missing",
  "local cluster down": "",
  "local cluster status": "its own programs",
  "local cluster up": "its own programs",
  "local delete": "",
  "local down": "",
  "local env": "credentials of the emulator, for a shell",
  "local list": "names of snapshots, with when they were saved",
  "local load": "",
  "local reset": "",
  "local save": "",
  "local status": "its own programs",
  "local up": "its own programs",
  lock: "addresses and checksums of providers",
  "new app": "files that it writes",
  "new environment": "files that it writes",
  "new service": "files that it writes",
  "new stack": "files that it writes",
  "notify pagerduty": "a message; the key is never printed",
  "notify slack": "a message; the webhook's URL is never printed",
  "preview announce": "its status, address and price, and a failure as preview status shows it",
  "preview config check": "a committed file, whose secrets are ARNs",
  "preview config get": "names of buckets, Regions and domains",
  "preview config set": "the name of a setting",
  "preview cost": "prices by Terraform's types",
  "preview doctor": "what is there of a bucket, a zone, a certificate and quotas",
  "preview exec": "a shell, which somebody has asked for",
  "preview extend": "a name, an address and a time",
  "preview image": "where an image is pushed to",
  "preview logs": "what its containers wrote, as it is",
  "preview open": "an address",
  "preview sleep": "a name and numbers of tasks",
  "preview template list": "names of templates",
  "preview template new": "files that it writes",
  "preview wake": "a name and numbers of tasks",
  "image template": "options and constants: it reads nothing that could hold a secret",
  "runner doctor": "findings of the fleet's own function: names, numbers and rights, and no key",
  "runner logs": "what instances and functions wrote, which the reader may read in CloudWatch Logs",
  "runner list": "instances, their jobs and times",
  "runner start": "the name of a pool, and whether it was started",
  "runner retire": "an instance, and why it stays",
  "runner status": "numbers of instances and jobs",
  "scan issue": "findings of scanners",
  "scan report": "findings of scanners",
  "state locks": "who holds a lock",
  "state show": "names; --raw is asked for the state as it is",
  "state unlock": "who holds a lock",
  "state versions": "times and sizes",
  watch: "what affected says",
};

interface Described {
  readonly name: string;
  readonly commands: readonly Described[];
}

/** Every command that can be run. */
function leaves({ commands }: Described, words: readonly string[] = []): readonly string[] {
  if (commands.length === 0) return [words.join(" ")];
  return commands.flatMap((one) => leaves(one, [...words, one.name]));
}

test("every command is here: it masks what it shows, another test holds it, or it shows no value", () => {
  const root = join(__dirname, "..", "..");
  const commands = leaves(JSON.parse(readFileSync(join(root, "cli", "commands.json"), "utf8")) as Described);

  const known = [SHOWN, ELSEWHERE, NO_VALUE].flatMap((one) => Object.keys(one));
  expect([...commands].sort()).toEqual(known.sort());
  for (const path of Object.values(ELSEWHERE)) {
    const file = join(root, path);
    expect([path, existsSync(file) && readFileSync(file, "utf8").includes("(sensitive value)")]).toEqual([
      path,
      true,
    ]);
  }
});

test("each command that shows what Terraform says masks it, in whatever form", async () => {
  writeApp({ mask: ["*_password", "*_token"] }, false);
  for (const args of Object.values(SHOWN).flat()) {
    const ended = await run(...args);
    expect([args, ended.code]).toEqual([args, 0]);
    for (const secret of SECRETS) expect([args, ended.stdout + ended.stderr]).not.toContain(secret);
    for (const secret of SECRETS) expect(allOf([ended])).not.toContain(secret);
  }
});
