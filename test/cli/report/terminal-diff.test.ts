import { reportOf } from "../../../cli/report/report";
import { terminalDiff } from "../../../cli/report/terminal-diff";
import { planned, realPlan, reportWith, resource, runOf, SECRETS } from "./runs";

const update = (address: string, value: string) =>
  resource(address, ["update"], { a: value }, { a: `${value}!` });
const small = {
  resource_changes: [update("aws_x.a", "old"), resource("aws_x.b", ["delete"], { a: 1 }, null)],
};
const text = (...args: Parameters<typeof terminalDiff>) => terminalDiff(...args).join("\n");

test("resources stand apart, and stacks with the same change are shown once", () => {
  expect(text(reportWith({ "dev-api": small, "prod-api": small }), { columns: 80 })).toBe(`
dev-api ~1 −1, and the same in prod-api

  - aws_x.b: deleted

  ! aws_x.a: updated in place
  -   a = "old"
  +   a = "old!"`);
});

test("it is shown on a terminal up to 50 lines, and as it is asked for", () => {
  const of = (resources: number) =>
    reportWith({
      "dev-api": {
        resource_changes: Array.from({ length: resources }, (_, at) => update(`aws_x.r${at}`, "v")),
      },
    });
  expect(text(of(16), { columns: 80 })).toContain("aws_x.r15");
  expect(text(of(17), { columns: 80 })).toBe("\nThe diff has 51 lines: with --diff it is shown");
  expect(text(of(17), { columns: 80, diff: true })).toContain("aws_x.r16");
  expect(text(of(1), {})).toBe("");
  expect(text(of(1), { diff: true })).toContain("aws_x.r0");
  expect(text(of(1), { columns: 80, diff: false })).toBe("");
});

test("no line of a real one is longer than the terminal is wide, but for a longer word, and no secret is in it", () => {
  const drift = { resource_drift: [update("aws_x.drifting", "seen")] };
  const report = reportWith({ "dev-api": realPlan("everything"), "dev-drift": drift });
  const lines = text(report, { columns: 60, diff: true }).split("\n");
  for (const line of lines.filter((one) => one.length > 60)) expect(line.trim()).not.toContain(" ");
  expect(lines).toContain("  ! drifted: aws_x.drifting: updated in place");
  for (const secret of SECRETS) expect(lines.join()).not.toContain(secret);
});

test("nothing of a value reaches the terminal but its letters", () => {
  const name = "\u001b[2J\u001b]0;title\u0007a\u202eb\rc";
  const report = reportOf(runOf([planned("dev-a")]), () => ({
    resource_changes: [
      resource(`aws_x.${name}`, ["update"], { [name]: "a" }, { [name]: `${name}\n${name}` }),
    ],
  }));
  expect(text(report, { diff: true, columns: 80 }).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: "1" }, false],
  [{ isTTY: false }, {}, false],
])("on %j with %j it has colours: %s", (stream, env, colored) => {
  const { isTTY } = process.stdout;
  const { NO_COLOR } = process.env;
  Object.assign(process.stdout, stream);
  delete process.env.NO_COLOR;
  Object.assign(process.env, env);
  try {
    jest.isolateModules(() => {
      const fresh = jest.requireActual<{ terminalDiff: typeof terminalDiff }>(
        "../../../cli/report/terminal-diff",
      );
      const lines = fresh.terminalDiff(reportWith({ "dev-api": small }), { diff: true }).map(String);
      expect(lines).toContain(colored ? '  \u001b[31m-   a = "old"\u001b[39m' : '  -   a = "old"');
      expect(lines).toContain(colored ? '  \u001b[32m+   a = "old!"\u001b[39m' : '  +   a = "old!"');
    });
  } finally {
    Object.assign(process.stdout, { isTTY });
    delete process.env.NO_COLOR;
    if (NO_COLOR !== undefined) process.env.NO_COLOR = NO_COLOR;
  }
});
