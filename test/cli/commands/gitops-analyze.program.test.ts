import { rmSync } from "node:fs";
import { Ajv } from "ajv";
import { DELIVERY_FORMATS } from "../../../cli/delivery/formats";
import { type Failing, FailingServer } from "../../delivery/failing-server";
import { temporaryFolder } from "../../temporary-folder";
import { build, groundplan, startGroundplan } from "../groundplan";

let folder: string;
let server: FailingServer | undefined;

beforeAll(() => {
  build();
  folder = temporaryFolder("analyze");
});
afterEach(() => server?.stop());
afterAll(() => rmSync(folder, { recursive: true }));

const RULE = ["--checks", "20", "--seconds", "2", "--max-errors", "10%"];

/** Judges a service that fails as told. */
async function analyze(failing: Failing, ...args: readonly string[]) {
  server = await FailingServer.start(failing);
  return groundplan(["gitops", "analyze", `${server.url}/health`, ...RULE, ...args], { cwd: folder });
}

test("a service of which one in ten fails passes with ten percent allowed", async () => {
  const { code, stdout, stderr } = await analyze({ ofTen: 1 });
  expect(stderr).toBe("");
  expect(stdout).toContain(`pass  ${server?.url}/health: 2 of 20 checks failed, 2 of 20 may`);
  expect(stdout).toContain("  2 times status 500");
  expect(code).toBe(0);
  expect(server?.asked).toBe(20);
});

test("one of which two in ten fail is given up at the third, and not asked any more", async () => {
  const { code, stdout } = await analyze({ ofTen: 2 });
  expect(stdout).toContain(`fail  ${server?.url}/health: 3 of 11 checks failed, 2 of 20 may`);
  expect(code).toBe(1);
  expect(server?.asked).toBe(11);
});

test("no answer is an error", async () => {
  server = await FailingServer.start({ ofTen: 0 });
  const { url } = server;
  await server.stop();
  const { code, stdout } = await groundplan(["gitops", "analyze", url, ...RULE], { cwd: folder });
  expect(stdout).toContain("  3 times ECONNREFUSED");
  expect(code).toBe(1);
});

test("by its own count a service fails whose checks are well", async () => {
  server = await FailingServer.start({ ofTen: 0 });
  const users = setInterval(() => server?.count(3, 1), 50);
  const { code, stdout } = await groundplan(
    ["gitops", "analyze", `${server.url}/health`, ...RULE, "--metrics", "--json"],
    { cwd: folder },
  ).finally(() => clearInterval(users));
  const document = JSON.parse(stdout);
  expect(new Ajv().compile(DELIVERY_FORMATS["gitops-analysis"] as object)(document)).toBe(true);
  expect(document).toMatchObject({
    format: "groundplan.gitops.analysis",
    version: 1,
    verdict: "fail",
    rule: { checks: 20, seconds: 2, maxErrors: 10 },
    analyses: [{ verdict: "fail", errors: 0, taken: 20, allowed: 2 }],
  });
  const [{ traffic }] = document.analyses;
  expect(traffic.errors / traffic.requests).toBeGreaterThan(0.1);
  expect(code).toBe(1);
});

test("without a counter nobody can say, and that is not a pass", async () => {
  server = await FailingServer.start({ ofTen: 0 });
  const metrics = `${server.url}/nothing`;
  const { code, stdout } = await groundplan(
    ["gitops", "analyze", `${server.url}/health`, ...RULE, "--metrics", metrics],
    { cwd: folder },
  );
  expect(stdout).toContain("inconclusive");
  expect(stdout).toContain("its metrics have no http_requests_total that grew");
  expect(code).toBe(1);
});

test("several are judged together, and the worst counts", async () => {
  const well = await FailingServer.start({ ofTen: 0 });
  server = await FailingServer.start({ ofTen: 10 });
  const { code, stdout } = await groundplan(["gitops", "analyze", well.url, server.url, ...RULE], {
    cwd: folder,
  });
  await well.stop();
  expect(stdout).toMatch(/pass {2}.*: 0 of 20 checks failed[\s\S]*fail {2}.*: 3 of 3 checks failed/);
  expect(code).toBe(1);
});

test("Ctrl-C ends it with 130", async () => {
  server = await FailingServer.start({ ofTen: 0 });
  const { url } = server;
  const child = startGroundplan(["gitops", "analyze", url, "--checks", "1000", "--seconds", "500"], {
    cwd: folder,
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  while (server.asked === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  expect(await ended).toBe(130);
});

test.each([
  [["ftp://example.com"], '<url> "ftp://example.com" is not a URL of http or https'],
  [["http://user:secret@example.com"], "is not a URL of http or https without a password"],
  [["http://127.0.0.1", "--checks", "0"], "use a whole number of 1 to 10000"],
  [["http://127.0.0.1", "--max-errors", "101%"], "use 0 to 100, e.g. 10%"],
  [[], "missing required argument 'url'"],
])("refuses %j", async (args, said) => {
  const { code, stderr } = await groundplan(["gitops", "analyze", ...args], { cwd: folder });
  expect(stderr).toContain(said);
  expect(code).toBe(2);
});
