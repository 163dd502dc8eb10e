import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkEnvironments } from "../../../cli/doctor/environments";
import { readNaming, type Stack } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";

const root = temporaryFolder("doctor");
afterAll(() => rmSync(root, { recursive: true }));

/** What doctor says of stacks with some settings. */
function check(names: string, groundplan?: object) {
  writeFileSync(join(root, "cdktf.json"), JSON.stringify({ app: "node main.js", groundplan }));
  const project = { root, app: "node main.js", output: join(root, "cdktf.out") };
  const named = names.split(" ").map((name) => ({ name }));
  const read = () => readNaming(project, named).names;
  const known =
    groundplan && "environment" in groundplan && groundplan.environment === "wrong" ? new Map() : read();
  const stacks = named.map(
    ({ name }): Stack => ({ name, ...known.get(name), folder: "", dependencies: [], json: {} }),
  );
  return checkEnvironments(project, stacks);
}

test.each([
  [
    "api-dev api-prod",
    { promotion: ["dev", "prod"] },
    "dev, prod, by the names of the stacks: api-dev is api in dev; in this order",
  ],
  ["api-dev web-dev", undefined, "dev, by the names of the stacks: api-dev is api in dev"],
  ["api web", undefined, "none, by the names of the stacks"],
  ["api-dev api-prod", { environment: "none" }, "none, as cdktf.json says"],
])("%s with %j is well", (names, settings, found) => {
  expect(check(names, settings)).toEqual({ check: "Environments", level: "ok", found });
});

test.each([
  ["api-prod api-dev", undefined, "nothing says when dev, prod are applied", '"promotion": ["dev", "prod"]'],
  ["api-dev api-qa", { promotion: ["dev"] }, "nothing says when qa is applied", '"promotion": ["dev", "qa"]'],
  ["api-dev web-dev", { promotion: ["dev", "prd"] }, "names prd, and no stack is of it", "correct the name"],
  ["a-x a-y b-x b-y", undefined, "not clear: a-x, a-y, b-x, b-y", '"groundplan": {"environment": {"pattern"'],
])("planted fault: %s with %j", (names, settings, found, instead) => {
  const finding = check(names, settings);
  expect(finding.level).toBe("warn");
  expect(finding.found).toContain(found);
  expect(finding.instead).toContain(instead);
});

test("wrong settings are a finding, and no end of the other checks", () => {
  expect(check("api", { environment: "wrong" })).toMatchObject({
    level: "fail",
    found: 'cdktf.json: "groundplan.environment" has none of its forms',
  });
});
