import { checkProgram } from "../../../services/runner-core/src/check-program";
import { gitHubSession } from "../../../services/runner-core/src/github/session";
import { GitHubServer } from "./github/server";
import { SETTINGS } from "./model/world";

const NOW = Date.parse("2026-11-30T12:00:00Z") / 1000;
const SHA = { x64: "a".repeat(64), arm64: "b".repeat(64) };
let server: GitHubServer;

beforeEach(async () => {
  server = await GitHubServer.start();
  server.releases.length = 0;
});

afterEach(() => server.stop());

/** A release that is so many days old. */
const released = (version: string, days: number) => ({
  tag_name: `v${version}`,
  published_at: new Date((NOW - days * 86_400) * 1000).toISOString(),
});

/** What is found when the bucket has a version, or none. */
function check(version: string | undefined, overlay = "2.340.0") {
  const session = gitHubSession(
    { ...SETTINGS, apiUrl: server.url },
    async () => ({ appId: "1", privateKey: server.privateKey, webhookSecret: "s" }),
    () => Date.now() / 1000,
  );
  const current = async () => (version === undefined ? undefined : { version, sha256: SHA });
  const sources = { sessionOf: () => session, programs: { current } };
  return checkProgram({ ...SETTINGS, programVersion: overlay }, sources, NOW);
}

test.each<[string, string | undefined, readonly object[], string, RegExp]>([
  [
    "the newest",
    "2.350.0",
    [released("2.350.0", 90)],
    "ok",
    /^2\.350\.0, the newest, from bucket test-runner-program$/,
  ],
  ["one whose successor came yesterday", "2.349.0", [released("2.350.0", 1)], "ok", /1 days old/],
  [
    "one that nobody renews",
    "2.348.0",
    [released("2.350.0", 1), released("2.349.0", 10), released("2.348.0", 40)],
    "warn",
    /the release after it is 10 days old, and GitHub gives no jobs/,
  ],
  ["one that is 31 days behind", "2.348.0", [released("2.349.0", 31)], "fail", /31 days old/],
  ["that of the overlay", undefined, [released("2.341.0", 40)], "fail", /^2\.340\.0, from the overlay/],
  ["one that cannot register", "2.328.9", [], "fail", /none before 2\.329\.0 register/],
])("%s is judged by when the release after it came", async (_, version, releases, level, found) => {
  server.releases.push(...(releases as typeof server.releases));
  expect(await check(version)).toMatchObject({
    check: "Program",
    level,
    found: expect.stringMatching(found),
  });
});

test("a prerelease is no successor", async () => {
  server.releases.push({ ...released("2.351.0", 60), prerelease: true } as never, released("2.350.0", 60));
  expect(await check("2.350.0")).toMatchObject({ level: "ok" });
});

test("GitHub that does not answer is no fault of the program", async () => {
  server.failures.set("GET /repos/actions/runner", [500, { message: "down" }]);
  expect(await check("2.350.0")).toMatchObject({
    level: "warn",
    instead: expect.stringContaining("scale-down"),
  });
});
