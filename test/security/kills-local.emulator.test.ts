import { build } from "../cli/groundplan";
import { until } from "../cli/plan/held-plan";
import { endTwice } from "./kills/end-twice";
import { atCall, type MakeHold } from "./kills/holds";
import { LocalProject } from "./kills/local-project";
import { succeed } from "./kills/run";

let project: LocalProject;
beforeAll(() => {
  build();
  project = new LocalProject();
});
afterAll(async () => {
  await succeed(project, DOWN);
  project.remove();
});

/** With `GROUNDPLAN_KILLS=all` every point gets every signal. */
const ALL = process.env.GROUNDPLAN_KILLS === "all";

const UP = ["local", "up", "--port", "0"];
const RESET = ["local", "reset"];
const DOWN = ["local", "down"];

const POINTS: readonly (readonly [string, readonly string[], MakeHold, boolean])[] = [
  ["the process behind it begins", UP, atCall("start", /daemon\/main\.js$/), false],
  ["the emulators are waited for", UP, atCall("fetch", /_groundplan\/status$/), false],
  ["it is to be emptied", RESET, atCall("fetch", /_groundplan\/reset$/), true],
  ["it is told to end", DOWN, atCall("fetch", /_groundplan\/stop$/), true],
  ["all has ended", DOWN, atCall("rmSync", /process\.json$/), true],
];

test.each(
  POINTS.map(([phase, args, hold, runs], index) => ({
    phase,
    args,
    hold,
    runs,
    index,
    command: args.join(" "),
  })),
)(
  "$command, ended while $phase, leaves no process that nobody knows, and runs to its end",
  async ({ phase, args, hold, runs, index }) => {
    const prepare = async () => void (await succeed(project, runs ? UP : DOWN));
    await prepare();
    const one = index % 2 === 0 ? "SIGTERM" : "SIGINT";
    await endTwice(project, { args, phase, hold, again: prepare }, ALL ? ["SIGINT", "SIGTERM"] : [one]);
    expect(project.runs).toBe(args !== DOWN);
    await until(async () => (await project.leftovers()).length === 0);
  },
);
