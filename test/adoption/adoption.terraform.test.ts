import { execFile, spawnSync } from "node:child_process";
import { parse } from "yaml";
import { LANGUAGES, TEMPLATES } from "../../cli/generate/service";
import { BIN, build } from "../cli/groundplan";
import { Copy, type Ended } from "./copy";
import { changePlatform, runNew } from "./steps";

const ENVIRONMENTS = ["dev", "qa", "staging", "prod"];

/** The tests that read platform.ts, overlays/, or what is derived from them. */
const SUITES = [
  "overlays/",
  "manifests/",
  "stacks/",
  // The new one; the others know no platform.
  "services/orders/",
  "argocd/",
  "main.program.test",
  "workflows/",
  "tools/derive",
  "charts/",
];

const tsc = "node_modules/typescript/bin/tsc";

/** The types of the tests too; what was checked before is not checked again. */
const TYPES = ["-p", "test/tsconfig.json", "--incremental", "--tsBuildInfoFile", "dist/test.tsbuildinfo"];
const biome = "node_modules/@biomejs/biome/bin/biome";
const derive = "dist/tools/derive/main.js";

let copy: Copy;

/** Go comes with the machines of CI, and not with every other. */
const hasGo = spawnSync("go", ["version"]).status === 0 || process.env.CI === "true";

/** A service of each template in each language. */
const SERVICES = TEMPLATES.flatMap((template) =>
  LANGUAGES.map((language) => ({ name: `${template}-${language}`, template, language })),
).filter(({ language }) => hasGo || language !== "go");

/** What a command printed, or nothing when it succeeded. */
const complaint = ({ code, output }: Ended) => (code === 0 ? "" : `exit code ${code}\n${output}`);

beforeAll(async () => {
  build();
  copy = new Copy();
  changePlatform(copy);
  // What an editor does when a file is saved; what is generated needs none.
  await copy.run(biome, "check", "--write", "overlays", "platform.ts");
  const qa = ["--like", "staging", "--after", "dev", "--account", "222222222222", "--cidr", "10.3.0.0/16"];
  for (const args of [
    ["environment", "qa", ...qa],
    ["service", "orders"],
    ["stack", "audit"],
    ["app", "web"],
  ])
    expect(complaint(await runNew(copy, ...args))).toBe("");
  expect(complaint(await copy.run(tsc, "-b", ".", "cli", "local", "services/api", "services/orders"))).toBe(
    "",
  );
});

afterAll(() => copy?.remove());

test("before npm run derive, what is stale is named", async () => {
  const { code, output } = await copy.run(derive, "--check");
  expect(code).toBe(1);
  for (const path of [
    ".github/workflows/infrastructure.yml",
    ".github/workflows/orders.yml",
    "argocd/applications/qa.yaml",
    "charts/app/values-qa.yaml",
    "overlays/qa/kustomization.yaml",
    "test/stacks/golden/qa.txt",
  ]) {
    expect(output).toContain(`${path}\n`);
  }
  expect(output).toMatch(/\nError: \d+ derived files are stale\n {2}run: npm run derive\n$/);
});

test("npm run derive renews all of it, once", async () => {
  expect(complaint(await copy.run(derive))).toBe("");
  expect(await copy.run(derive, "--check")).toEqual({
    code: 0,
    output: "every derived file is as platform.ts and overlays/ say\n",
  });
  const { jobs } = parse(copy.read(".github/workflows/orders.yml"));
  expect(Object.keys(jobs)).toEqual(["build", "comment", ...ENVIRONMENTS, "by-hand"]);
});

test("the adopted platform passes the check: format, lint and types", async () => {
  expect(complaint(await copy.run(biome, "ci", "--error-on-warnings", "."))).toBe("");
  expect(complaint(await copy.run(tsc, ...TYPES))).toBe("");
});

test("the adopted platform synthesizes every stack of every environment", async () => {
  expect(await copy.run("dist/main.js")).toEqual({ code: 0, output: "" });
  const units = ["addons", "api", "audit", "cluster", "network", "orders", "registry"];
  const accounts = ["111111111111", "222222222222", "333333333333"];
  expect(copy.list("cdktf.out/stacks")).toEqual(
    [
      ...ENVIRONMENTS.flatMap((name) => units.map((unit) => `${name}-${unit}`)),
      ...["state", "identity"].flatMap((unit) => accounts.map((account) => `${unit}-${account}`)),
    ].sort(),
  );
  const declared = (stack: string) =>
    JSON.parse(copy.read(`cdktf.out/stacks/${stack}/cdk.tf.json`)).output.deployables.value;
  expect(ENVIRONMENTS.map((name) => declared(`${name}-orders`))).toEqual([
    [expect.not.objectContaining({ promotedFrom: expect.anything() })],
    ...["dev", "qa", "staging"].map((promotedFrom) => [expect.objectContaining({ promotedFrom })]),
  ]);
  expect(copy.read("cdktf.out/stacks/qa-network/cdk.tf.json")).not.toMatch(
    /us-east-1|123456789012|groundplan-/,
  );
});

test("the new service is built into an artifact", async () => {
  const { code, output } = await copy.run(BIN, "artifact", "build", "orders", "--json");
  expect({ code, built: JSON.parse(output) }).toMatchObject({
    code: 0,
    built: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});

test("the adopted platform passes the tests that read it", async () => {
  const jest = [
    "--selectProjects",
    "unit",
    "program",
    "--maxWorkers",
    "2",
    "--testPathPatterns",
    ...SUITES.map((suite) => `^${copy.path}/test/${suite}`),
  ];
  expect(complaint(await copy.run("node_modules/jest/bin/jest.js", ...jest))).toBe("");
});

describe("a service of each template in each language", () => {
  beforeAll(async () => {
    for (const { name, template, language } of SERVICES) {
      const args = ["service", name, "--template", template, "--language", language];
      expect(complaint(await runNew(copy, ...args))).toBe("");
    }
  });

  test("passes the check: one compiler, format and lint", async () => {
    // Folders without a tsconfig.json stop no build: the script names the others.
    const { scripts } = JSON.parse(copy.read("package.json"));
    expect(scripts.build).toContain(" services/*/tsconfig.json");
    const typed = SERVICES.filter(({ language }) => language === "ts").map(({ name }) => `services/${name}`);
    expect(complaint(await copy.run(tsc, "-b", ".", ...typed))).toBe("");
    expect(complaint(await copy.run(tsc, ...TYPES))).toBe("");
    const written = ["services", "stacks", "test/services", "test/stacks"];
    expect(complaint(await copy.run(biome, "ci", "--error-on-warnings", ...written))).toBe("");
  });

  test.each(SERVICES)("$name is built into an artifact, and is in a workflow", async ({ name }) => {
    const { code, output } = await copy.run(BIN, "artifact", "build", name, "--json");
    expect(complaint({ code, output })).toBe("");
    expect(JSON.parse(output).sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(parse(copy.read(`.github/workflows/${name}.yml`)).jobs)).toContain("build");
    expect(runsTests(name)).toHaveLength(1);
  });

  test("passes its own tests, of its code and of its stack", async () => {
    const jest = ["--selectProjects", "unit", "--maxWorkers", "2", "--testPathPatterns"];
    const paths = SERVICES.map(({ name }) => `^${copy.path}/test/(services|stacks)/${name}\\b`);
    expect(complaint(await copy.run("node_modules/jest/bin/jest.js", ...jest, ...paths))).toBe("");
    for (const { name, language } of SERVICES) {
      const [run = ""] = language === "ts" ? [] : runsTests(name);
      expect(await inShell(run)).toBe("");
    }
  });

  test("planted fault: what its tests refuse fails the line of its workflow", async () => {
    copy.edit("services/queue-python/src/main.py", ['"itemIdentifier"', '"item"']);
    expect(await inShell(runsTests("queue-python")[0] ?? "")).toMatch(/FAILED \(failures=/);
  });
});

/** Lines of the workflow of a service that run its tests. */
function runsTests(name: string): readonly string[] {
  const { jobs } = parse(copy.read(`.github/workflows/${name}.yml`)) as {
    readonly jobs: { readonly build: { readonly steps: readonly { readonly run?: string }[] } };
  };
  const tests = new RegExp(`(?:test/services/|discover services/|-C services/)${name}\\b`);
  return jobs.build.steps.flatMap(({ run }) => (run !== undefined && tests.test(run) ? [run] : []));
}

/** Runs a line of a workflow. @returns what it printed when it failed. */
function inShell(line: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("sh", ["-c", line], { cwd: copy.path }, (error, stdout, stderr) =>
      resolve(error === null ? "" : `${line}\n${stdout}${stderr}`),
    );
  });
}

test("planted fault: an environment that platform.ts forgets stops the synth, and is told what to write", async () => {
  copy.edit("dist/platform.js", [/ +qa: "\d+",\n/, ""], [', "qa"', ""]);
  const { code, output } = await copy.run("dist/main.js");
  expect(code).toBe(1);
  expect(output).toBe(
    'environment "qa" has no account\n  at platform.ts\n  write it into accounts: { …, qa: "111111111111" }\n\n' +
      'environment "qa" is not in promotion\n  at platform.ts\n' +
      '  write it where a change passes through it, e.g. promotion: ["dev", "staging", "qa", "prod"]\n',
  );
});
