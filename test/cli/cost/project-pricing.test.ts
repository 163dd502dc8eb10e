import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SHIPPED_PRICES } from "../../../cli/cost/prices/table";
import { projectPricing, readPrices } from "../../../cli/cost/project-pricing";
import { temporaryFolder } from "../../temporary-folder";

const root = temporaryFolder("pricing");
const pricing = (cost?: unknown) => {
  writeFileSync(
    join(root, "cdktf.json"),
    JSON.stringify({ app: "true", groundplan: cost === undefined ? {} : { cost } }),
  );
  return projectPricing(root);
};

test("a project without settings is priced as it is shipped, and so is none", () => {
  expect([pricing(), projectPricing(undefined)]).toEqual([{}, {}]);
});

test("a project may want no prices", () => {
  expect(pricing({ enabled: false })).toBeUndefined();
});

test("reads the usage file and the table from the project's folder, and the threshold", () => {
  writeFileSync(join(root, "usage.yml"), "version: 1\nresources: {}\n");
  writeFileSync(join(root, "prices.json"), JSON.stringify(SHIPPED_PRICES));
  expect(pricing({ usageFile: "usage.yml", prices: "prices.json", threshold: { monthly: 5 } })).toEqual({
    usage: { version: 1, resources: {} },
    prices: SHIPPED_PRICES,
    threshold: 5,
    fails: false,
  });
  expect(pricing({ threshold: { monthly: 5, above: "fail" } })).toEqual({ threshold: 5, fails: true });
});

test.each([
  [{ usageFile: "nowhere.yml" }, "cannot read the usage file"],
  [{ prices: "nowhere.json" }, "cannot read the table of prices"],
  [{ threshold: {} }, '"groundplan.cost.threshold" must have required property'],
  [{ threshold: { monthly: -1 } }, '"groundplan.cost.threshold.monthly" must be >= 0'],
  [{ treshold: 5 }, '"groundplan.cost" has no setting "treshold"'],
])("refuses %j", (cost, why) => {
  expect(() => pricing(cost)).toThrow(why);
});

test("says which table is none", () => {
  writeFileSync(join(root, "wrong.json"), "{}");
  expect(() => readPrices(join(root, "wrong.json"))).toThrow("write it: npx groundplan cost refresh");
});
