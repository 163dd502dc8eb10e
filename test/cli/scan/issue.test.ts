import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addScan } from "../../../cli/commands/scan";
import { GitHub } from "../../github/server";
import { temporaryFolder } from "../../temporary-folder";
import { inProcess } from "../in-process";
import { sarif, trivy } from "./results";

const before = process.cwd();
let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  folder = temporaryFolder("scan-issue");
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(before);
  await github.stop();
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
  expect(github.violations).toEqual([]);
});

/** Keeps the issue as scheduled run number `run`. */
async function scan(run: number, document: object, ...args: readonly string[]) {
  writeFileSync(join(folder, "trivy.json"), JSON.stringify(document));
  writeFileSync(join(folder, "event.json"), JSON.stringify({ schedule: "0 2 * * *" }));
  return inProcess(addScan, ["scan", "issue", "trivy.json", ...args], {
    ...github.environment(),
    GITHUB_EVENT_NAME: "schedule",
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_RUN_ID: String(9000 + run),
    GITHUB_RUN_NUMBER: String(run),
    GITHUB_RUN_ATTEMPT: "1",
  });
}

const bad = trivy([
  { id: "CVE-2026-1001", severity: "CRITICAL" },
  { id: "CVE-2026-1002", severity: "HIGH" },
  { id: "CVE-2026-1003", severity: "HIGH" },
]);
const worse = trivy([{ id: "CVE-2026-1004", severity: "CRITICAL", title: "@octocat <b>" }]);
const clean = trivy([]);

const issues = () =>
  github.repository.issues.map(
    ({ title, state }) => `${title.replace(/\d{4}-\d\d-\d\d/, "<date>")}: ${state}`,
  );

test("one issue is opened, updated, closed when nothing is found, and the same one is opened again", async () => {
  const { stdout } = await scan(1, bad, "--artifact", "security-scan");
  expect(stdout).toMatch(/^Security Scan: \d{4}-\d\d-\d\d - 1 Critical, 2 High {2}issue opened: https:/);
  expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 2 High: open"]);
  const [one] = github.repository.issues;
  expect(one?.labels).toEqual(["security", "automated-scan"]);
  expect(one?.body).toContain("[`CVE-2026-1001`](https://osv.dev/vulnerability/CVE-2026-1001)");
  expect(one?.body).toContain(
    "the artifact `security-scan` of [this run](https://github.com/octo-org/platform/actions/runs/9001)",
  );

  expect((await scan(2, worse)).stdout).toContain("issue updated:");
  expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 0 High: open"]);
  expect(one?.body).not.toContain("CVE-2026-1001");

  expect((await scan(3, clean)).stdout).toContain("issue closed:");
  expect((await scan(4, clean)).stdout).toContain("issue unchanged:");
  expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 0 High: closed"]);

  if (one) one.labels = ["security", "automated-scan", "triaged"];
  expect((await scan(5, bad)).stdout).toContain("issue reopened:");
  expect(issues()).toEqual(["Security Scan: <date> - 1 Critical, 2 High: open"]);
  // What people have put on it stays.
  expect(one?.labels).toEqual(["security", "automated-scan", "triaged"]);
});

test("nothing is opened where nothing was ever found", async () => {
  expect((await scan(1, clean)).stdout).toMatch(/ - 0 Critical, 0 High {2}issue unchanged\n$/);
  expect(github.repository.issues).toEqual([]);
});

test("a scan that did not come to its end closes nothing, says so in the issue, and fails", async () => {
  await scan(1, bad);
  const invocations = [
    { executionSuccessful: false, toolExecutionNotifications: [{ message: { text: "no rules" } }] },
  ];
  const { stdout, stderr } = await scan(2, sarif([], { run: { invocations } }));
  expect(stdout).toContain("issue updated:");
  expect(stderr).toBe("Not scanned: gitleaks did not come to its end: no rules\n");
  expect(process.exitCode).toBe(1);
  expect(github.repository.issues[0]).toMatchObject({ state: "open" });
  expect(github.repository.issues[0]?.body).toContain(
    "### Not scanned\n\n- gitleaks did not come to its end: no rules",
  );
});

test("an allow list that has to be decided anew opens the issue", async () => {
  const allow = [{ id: "CVE-2026-1001", until: "2020-01-01", reason: "not reached by anybody" }];
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ app: "x", groundplan: { scan: { allow } } }));
  await scan(1, clean);
  expect(process.exitCode).toBe(1);
  expect(github.repository.issues[0]?.body).toContain(
    "- `CVE-2026-1001`, until `2020-01-01`: not reached by anybody",
  );
});

test("an older run writes over nothing, and an issue of somebody else with our marker is left alone", async () => {
  await scan(5, bad);
  const [ours] = github.repository.issues;
  const ada = { login: "ada", type: "User", writes: true } as const;
  if (ours) github.repository.issues.unshift({ ...ours, number: 1, author: ada });

  expect((await scan(4, clean)).stdout).toContain("issue skipped:");
  expect((await scan(6, clean)).stdout).toContain("issue closed:");
  expect(github.repository.issues.map(({ author, state }) => `${author.login} ${state}`)).toEqual([
    "ada open",
    "github-actions[bot] closed",
  ]);
});

test("a lost answer leaves one open issue", async () => {
  github.fail({ method: "post", status: 502, times: 1, carriedOut: true });
  await scan(1, bad);
  expect(github.repository.issues.map(({ state }) => state).sort()).toEqual(["closed", "open"]);
  await scan(2, worse);
  expect(github.repository.issues.map(({ state }) => state).sort()).toEqual(["closed", "open"]);
});

test("a body that would be too long for GitHub fits, and what a scanner wrote is text in it", async () => {
  const many = Array.from({ length: 3_000 }, (_, at) => ({
    id: `CVE-2026-${10_000 + at}`,
    severity: "CRITICAL",
    name: `<script>${at}</script>@octocat`,
  }));
  await scan(1, trivy(many));
  const [one] = github.repository.issues;
  expect(one?.title).toMatch(/ - 3000 Critical, 0 High$/);
  expect([...(one?.body ?? "")].length).toBeLessThanOrEqual(65_536);
  expect(one?.body).toContain("`<script>0</script>@octocat 4.17.15`");
  expect(one?.body).toMatch(/\*\*\d+ lines are left out here\.\*\*/);
});

test("a token that may not write is named with the permission that the job needs", async () => {
  const env = github.environment({ login: "github-actions[bot]", type: "Bot", writes: false });
  writeFileSync(join(folder, "trivy.json"), JSON.stringify(bad));
  const { code, stderr } = await inProcess(addScan, ["scan", "issue", "trivy.json"], env);
  expect(code).toBe(1);
  expect(stderr).toContain("the issue of the security scan: GitHub answers 403");
  expect(stderr).toContain("issues: write");
});
