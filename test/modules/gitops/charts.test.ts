import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHART_ADDONS } from "@groundplan/modules/addons";
import { ARGO_CD } from "@groundplan/modules/gitops";
import { lte, major } from "semver";

const addons = Object.values(CHART_ADDONS).flatMap((row) => row.addons.map(({ chart }) => chart));

test.each([ARGO_CD, ...addons])("$name is pinned to one version, with its day", (chart) => {
  expect(chart.version).toMatch(/^v?\d+\.\d+\.\d+$/);
  expect(chart.appVersion).toMatch(/^\d+\.\d+\.\d+$/);
  expect(chart.repository).toMatch(/^(?:https|oci):\/\//);
  expect(Number.isNaN(Date.parse(chart.released))).toBe(false);
});

test("the cluster tests run an Argo CD of the same major, and not a newer one", () => {
  const module = readFileSync(join(__dirname, "..", "..", "..", "local", "tools", "go.mod"), "utf8");
  const built = /github\.com\/argoproj\/argo-cd\/v3 v(\S+)/.exec(module)?.[1] ?? "";
  expect(major(built)).toBe(major(ARGO_CD.appVersion));
  expect(lte(built, ARGO_CD.appVersion)).toBe(true);
});
