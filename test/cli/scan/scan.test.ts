import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { addScan } from "../../../cli/commands/scan";
import { FORMATS } from "../../../cli/formats/formats";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { grype, IMAGE, REAL, sarif, trivy } from "./results";

const folder = temporaryFolder("scan");
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => process.chdir(before));
beforeEach(() => settings([]));
afterEach(() => {
  process.exitCode = undefined;
});

/** Writes the allow list of the project. */
function settings(allow: readonly object[]): void {
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ app: "x", groundplan: { scan: { allow } } }));
}

function write(name: string, document: object): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(document));
  return name;
}

/** Runs `scan report`; gives its exit code too. */
async function report(...args: readonly string[]) {
  process.exitCode = undefined;
  const run = await inProcess(addScan, ["scan", "report", ...args], {});
  return { ...run, exit: run.code || (process.exitCode ?? 0) };
}

const TRIVY = trivy([{ id: "CVE-2021-23337", severity: "HIGH" }]);
const GRYPE = grype([{ id: "GHSA-35jh-r3h4-6jhm", severity: "Critical", aliases: ["CVE-2021-23337"] }]);
const allowed = (until: string) => ({ id: "CVE-2021-23337", until, reason: "templates are our own" });

test("two scanners and a linter are one table, in which the same finding is one line that names both", async () => {
  const { stdout, exit } = await report(
    write("trivy.json", TRIVY),
    write("grype.json", GRYPE),
    REAL.hadolint,
  );
  const [first, second] = stdout.split("\n");
  expect(first).toMatch(
    /^critical {2}CVE-2021-23337 {2}lodash 4\.17\.15 {2}fixed in 4\.17\.21 {2}groundplan\/prod\/app@sha256:0a {2}grype, trivy \(high\)$/,
  );
  expect(second).toMatch(/^high +DL3020 +src\/Dockerfile:3 +hadolint +Use COPY instead of ADD/);
  expect(stdout).toContain(
    "\n1 critical, 1 high, 4 medium, 2 low, by grype 0.121.2, hadolint 2.15.1, trivy 0.74.0\n",
  );
  expect(exit).toBe(0);
});

test.each([
  ["critical", [], 1],
  ["critical", ["trivy.json"], 0],
  ["high", ["trivy.json"], 1],
  ["low", ["clean.json"], 0],
])("--fail-on %s of %j ends with %i", async (severity, only, wanted) => {
  const files = [write("trivy.json", TRIVY), write("grype.json", GRYPE)];
  write("clean.json", trivy([]));
  expect((await report(...(only.length > 0 ? only : files), "--fail-on", severity)).exit).toBe(wanted);
});

test("an allowed finding does not fail, and is named with its reason and its day", async () => {
  settings([allowed("2999-12-31"), { ...allowed("2999-12-31"), id: "CVE-1999-1" }]);
  const { stdout, stderr, exit } = await report(write("grype.json", GRYPE), "--fail-on", "low");
  expect([exit, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(
    "allowed until 2999-12-31: critical CVE-2021-23337 lodash 4.17.15: templates are our own\n",
  );
  expect(stdout).toContain("allowed, and not found any more: CVE-1999-1\n");
});

test("an allowed finding whose day is over fails without --fail-on, also where nothing is found", async () => {
  settings([allowed("2020-01-01")]);
  for (const file of [write("grype.json", GRYPE), write("clean.json", trivy([]))]) {
    const { stderr, exit } = await report(file);
    expect(exit).toBe(1);
    expect(stderr).toBe(
      "Allowed until 2020-01-01, which is over: CVE-2021-23337\n  templates are our own\n  decide anew, or remove it from scan.allow in cdktf.json\n",
    );
  }
});

test.each([
  [{ id: "CVE-1", until: "2999-12-31" }, "must have required property 'reason'"],
  [{ id: "CVE-1", reason: "a reason that is long enough" }, "must have required property 'until'"],
  [{ ...allowed("tomorrow") }, "must match pattern"],
  [{ ...allowed("2999-12-31"), reason: "ok" }, "must NOT have fewer than 10 characters"],
])("an entry %j is refused before anything is said", async (entry, why) => {
  settings([entry]);
  const { code, stderr, stdout } = await report(write("grype.json", GRYPE));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(why);
  expect(stderr).toContain('"until":"2026-12-31"');
});

test("a scan that did not come to its end fails, though nothing is found", async () => {
  const invocations = [{ executionSuccessful: false }];
  const { exit, stderr } = await report(write("a.sarif", sarif([], { run: { invocations } })));
  expect([exit, stderr]).toEqual([1, "Not scanned: gitleaks did not come to its end\n"]);
});

test("--format json is what its schema says, with nothing more", async () => {
  settings([allowed("2999-12-31"), { ...allowed("2020-01-01"), package: "p", place: "q" }]);
  const files = [write("trivy.json", TRIVY), REAL.checkov, REAL.hadolint];
  const { stdout } = await report(...files, "--format", "json");
  const strict = JSON.parse(JSON.stringify(FORMATS.scan), (_, value) =>
    value?.type === "object" ? { ...value, additionalProperties: false } : value,
  );
  const check = new Ajv({ allErrors: true }).compile(strict);
  const document = JSON.parse(stdout);
  expect([check(document), check.errors]).toEqual([true, null]);
  expect(document.counts).toEqual({ critical: 0, high: 5, medium: 4, low: 2, unknown: 0 });
  expect(document.allowed).toHaveLength(1);
  // Planted faults: a key that no schema names, and one that is missing.
  expect(check({ ...document, more: 1 })).toBe(false);
  expect(check({ ...document, failures: undefined })).toBe(false);
});

test("--format sarif of a sarif of ours is the same findings", async () => {
  const first = await report(
    write("trivy.json", TRIVY),
    REAL.hadolint,
    "--format",
    "sarif",
    "--out",
    "one.sarif",
  );
  expect(first.stdout).toBe("");
  const again = JSON.parse((await report("one.sarif", "--format", "json")).stdout);
  expect(again.counts).toEqual({ critical: 0, high: 2, medium: 4, low: 2, unknown: 0 });
  expect(again.findings[0].places[0].name).toBe(IMAGE);
});

test("--severity leaves out what is less bad, also of the counts; --limit is one of bytes", async () => {
  const { stdout } = await report(REAL.hadolint, "--severity", "high", "--format", "markdown");
  expect(stdout).toContain("Security scan: 1 high\n");
  expect(stdout).not.toContain("DL3006");
  await expect(report(REAL.hadolint, "--limit", "12")).rejects.toThrow("use a whole number, 4000 or more");
  await report(REAL.hadolint, "--format", "markdown", "--limit", "4000", "--out", "scan.md");
  expect(readFileSync(join(folder, "scan.md"), "utf8")).toContain("### ".slice(0, 2));
});
