import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../cli/groundplan";
import { endTwice } from "./kills/end-twice";
import { GitHubProject } from "./kills/github-project";
import { atCall, atRequest, type MakeHold } from "./kills/holds";
import { succeed } from "./kills/run";

let project: GitHubProject;
beforeAll(() => build());
beforeEach(async () => {
  project = await GitHubProject.start();
});
afterEach(async () => {
  await project.stop();
  expect(project.github.violations).toEqual([]);
});

/** With `GROUNDPLAN_KILLS=all` every point gets every signal; a run whose terminal is closed gets SIGHUP. */
const ALL = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const signals = (one: (typeof ALL)[number]) => (process.env.GROUNDPLAN_KILLS === "all" ? ALL : [one]);

const COMMENT = ["comment"];
const DRIFT = ["drift", "--from", ".groundplan/plan", "--issues"];

/** A request that never arrives: a run that is told to end gives it up. */
const at =
  (request: RegExp): MakeHold =>
  async (folder, url) => {
    const hold = await atRequest((operation) => request.test(operation), "GITHUB_API_URL")(folder, url);
    return { ...hold, release: () => undefined };
  };

const comments = () => project.github.repository.comments;
const issues = () => project.github.repository.issues.map(({ title, state }) => `${title}: ${state}`);

describe("a comment", () => {
  test.each([
    ["the pull request is looked at", at(/^GET .*\/pulls\/7/), signals("SIGINT")],
    ["it is written", at(/^POST .*\/issues\/7\/comments/), ALL],
    ["it is written, and nobody has answered yet", atAnswer(), signals("SIGTERM")],
  ] as const)(
    "whose command is ended while %s is there once after the same command",
    async (phase, hold, all) => {
      project.found("everything");
      await endTwice(project, { args: COMMENT, phase, hold }, all);
      expect(comments()).toHaveLength(1);
    },
  );

  test("whose command is ended while it is updated is the new one after the same command", async () => {
    project.found("everything");
    await succeed(project, COMMENT);
    project.found("refresh-only");
    await endTwice(
      project,
      { args: COMMENT, phase: "it is updated", hold: at(/^PATCH .*\/comments/) },
      signals("SIGHUP"),
    );
    expect(comments().map(({ edits }) => edits)).toEqual([1]);
  });
});

/** GitHub has written the comment, and what the command asks next waits. */
function atAnswer(): MakeHold {
  return atRequest(
    (operation) => /^GET .*\/comments/.test(operation) && comments().length > 0,
    "GITHUB_API_URL",
  );
}

describe("an issue of drift", () => {
  test.each([
    ["the issues are looked at", at(/^GET .*\/issues\?/), "SIGTERM"],
    ["it is opened", at(/^POST .*\/issues/), "SIGINT"],
  ] as const)(
    "whose command is ended while %s is there once after the same command",
    async (phase, hold, one) => {
      project.found("refresh-only");
      await endTwice(project, { args: DRIFT, phase, hold }, signals(one));
      expect(issues()).toEqual(["Drift in dev: open"]);
    },
  );

  test("whose command is ended while it is closed is closed after the same command", async () => {
    project.found("refresh-only");
    await succeed(project, DRIFT);
    project.found("nothing");
    const hold = at(/^PATCH .*\/issues/);
    await endTwice(project, { args: DRIFT, phase: "it is closed", hold }, signals("SIGHUP"));
    expect(issues()).toEqual(["Drift in dev: closed"]);
  });
});

test.each([
  [
    "a file",
    ["report", "--format", "markdown", "--out", "plan.md"],
    "writeFileSync",
    /plan\.md\.\d+$/,
    "plan.md",
  ],
  ["the job's summary", ["report", "--format", "summary"], "appendFileSync", /job\.md$/, "job.md"],
] as const)(
  "a report whose command is ended while it is written into %s is whole after the same command",
  async (_, args, call, file, name) => {
    project.found("everything");
    await endTwice(project, { args, phase: "it is written", hold: atCall(call, file) }, ALL);
    const [whole = ""] = (await succeed(project, ["report", "--format", "markdown"])).split("\n");
    expect(readFileSync(join(project.path, name), "utf8")).toContain(whole);
  },
);
