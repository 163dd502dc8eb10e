import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHARTS } from "@groundplan/modules/gitops";

test.each(Object.entries(CHARTS))("%s is pinned to one version, with its day", (_, chart) => {
  expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(chart.appVersion).toMatch(/^\d+\.\d+\.\d+$/);
  expect(chart.repository).toMatch(/^(?:https|oci):\/\//);
  expect(Number.isNaN(Date.parse(chart.released))).toBe(false);
});

test("Argo CD is the version that the cluster tests run", () => {
  const module = readFileSync(join(__dirname, "..", "..", "..", "local", "tools", "go.mod"), "utf8");
  const built = /github\.com\/argoproj\/argo-cd\/v3 v(\S+)/.exec(module)?.[1];
  expect(built).toBe(CHARTS.argoCd.appVersion);
});
