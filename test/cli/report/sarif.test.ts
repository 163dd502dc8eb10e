import type { Log } from "sarif";
import { sarif } from "../../../cli/report/sarif";
import { realPlan, reportWith } from "./runs";

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
