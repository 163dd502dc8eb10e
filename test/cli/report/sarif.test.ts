import type { Log } from "sarif";
import { reportOf } from "../../../cli/report/report";
import { sarif } from "../../../cli/report/sarif";
import { planned, realPlan, reportWith, resource, runOf } from "./runs";
import { faults } from "./sarif-schema";

const log = sarif(
  reportWith({ "dev-api": realPlan("everything"), "prod-api": realPlan("everything") }),
  "0.1.0",
) as Log;
const [run] = log.runs;

test("each risk is a result with a rule, a file and the resource", () => {
  expect(run?.results).toHaveLength(10);
  for (const { ruleId, ruleIndex, locations } of run?.results ?? []) {
    expect(run?.tool.driver.rules?.[ruleIndex ?? -1]?.id).toBe(ruleId);
    expect(locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe("cdktf.json");
    expect(locations?.[0]?.logicalLocations).toHaveLength(2);
  }
});

test("levels are SARIF's own", () => {
  expect(new Set(run?.results?.map(({ level }) => level))).toEqual(new Set(["error", "warning"]));
});

test("each risk has a fingerprint of its own, and keeps it when other risks come and go", () => {
  const prints = run?.results?.map(({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash);
  expect(new Set(prints).size).toBe(10);

  const { resource_changes = [] } = realPlan("everything");
  const key = resource_changes.filter(({ address }) => address === "aws_kms_key.data");
  const alone = sarif(reportWith({ "dev-api": { resource_changes: key } }), "0.1.0") as Log;
  expect(prints).toContain(alone.runs[0]?.results?.[0]?.partialFingerprints?.primaryLocationLineHash);
});

describe("SARIF's own schema", () => {
  const hostile = "</a>\u001b[31m `x` %zz ../\ud800 \u202e é";

  test.each([
    ["a real plan", log],
    [
      "no risks, no commit",
      sarif(
        reportOf(runOf([planned("dev-a")]), () => ({})),
        "0.1.0",
      ),
    ],
    [
      "hostile names",
      sarif(
        reportWith(
          { [hostile]: { resource_changes: [resource(hostile, ["delete"], { a: hostile }, null)] } },
          { app: `${hostile}/b c` },
        ),
        "0.1.0",
      ),
    ],
    [
      "a run that failed",
      sarif(
        reportOf(runOf([], { outcome: "failed", failure: { message: hostile } }), () => undefined),
        "0.1.0",
      ),
    ],
  ])("has nothing against %s", (_, valid) => {
    expect(faults(valid)).toEqual([]);
  });

  test("finds what is planted", () => {
    const copy = JSON.parse(JSON.stringify(log));
    copy.runs[0].results[0].level = "fatal";
    copy.runs[0].results[1].message = {};
    copy.runs[0].tool.driver.rules[0].title = "x";
    const all = faults(copy).join("\n");
    expect(all).toContain("/runs/0/results/0/level must be equal to one of the allowed values");
    expect(all).toContain("/runs/0/results/1/message must have required property 'text'");
    expect(all).toContain("/runs/0/tool/driver/rules/0 must NOT have additional properties");
  });
});

test("a run in which a stack could not be planned says that it was no success", () => {
  const error = { phase: "plan", message: "Error: no such bucket", addresses: [] } as const;
  const failed = sarif(
    reportOf(runOf([planned("dev-a"), planned("dev-b", { status: "failed", error })]), () => ({})),
    "0.1.0",
  ) as Log;

  expect(run?.invocations).toEqual([{ executionSuccessful: true }]);
  expect(failed.runs[0]?.invocations).toEqual([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: "error", message: { text: "dev-b: Error: no such bucket" } }],
    },
  ]);
});
