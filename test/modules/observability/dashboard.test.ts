import { ServiceDashboard } from "@groundplan/modules/observability";
import { synthesized } from "../network/synthesized";
import { makeApi, makeFunction } from "../serverless/fixtures";

const bodyWith = (withApi: boolean) => {
  const stack = synthesized((scope) => {
    const target = makeFunction(scope);
    const routes = [{ route: "GET /health", function: target, access: "public" as const }];
    const api = withApi ? { api: makeApi(scope, { routes }) } : {};
    new ServiceDashboard(scope, "dashboard", { name: "api", region: "us-east-1", function: target, ...api });
  });
  return JSON.parse(String(stack.one("aws_cloudwatch_dashboard").dashboard_body)) as {
    widgets: {
      type: string;
      x: number;
      y: number;
      width: number;
      height: number;
      properties: { title: string; alarms?: readonly string[] };
    }[];
  };
};

test("a row for the function, one for the API if there is one, and the last errors", () => {
  const titles = bodyWith(true).widgets.map(({ properties }) => properties.title);
  expect(titles).toEqual([
    "Calls and failures",
    "Duration, ms",
    "Calls at once",
    "API: answers",
    "API: latency, ms",
    "Alarms",
    "Last errors",
  ]);
  expect(bodyWith(false).widgets).toHaveLength(5);
  expect(JSON.stringify(bodyWith(false))).toContain("SOURCE '/aws/lambda/groundplan-dev-api'");
});

test("all alarms are on it: three of the alias, two of its newest version, two of the API", () => {
  const alarms = (withApi: boolean) =>
    bodyWith(withApi).widgets.find(({ type }) => type === "alarm")?.properties.alarms;
  expect(alarms(true)).toHaveLength(7);
  expect(alarms(false)).toHaveLength(5);
});

test("no two widgets lie over each other, and none beyond the 24 columns", () => {
  const { widgets } = bodyWith(true);
  for (const [index, one] of widgets.entries()) {
    expect(one.x + one.width).toBeLessThanOrEqual(24);
    for (const other of widgets.slice(index + 1)) {
      const apart =
        one.x + one.width <= other.x ||
        other.x + other.width <= one.x ||
        one.y + one.height <= other.y ||
        other.y + other.height <= one.y;
      expect(apart).toBe(true);
    }
  }
});
