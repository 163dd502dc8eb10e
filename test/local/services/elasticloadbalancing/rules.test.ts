import { assert, property, string } from "fast-check";
import {
  type Condition,
  matches,
  type RuledRequest,
  ruleFor,
} from "../../../../local/services/elasticloadbalancing/rules";

const REQUEST: RuledRequest = {
  host: "app.preview.localhost",
  path: "/api/v1/users",
  method: "GET",
  query: [["version", "Two"]],
  headers: { "x-team": "Blue", "user-agent": "curl/8" },
  source: "127.0.0.1",
};

const isFor = (...conditions: readonly Condition[]) =>
  ruleFor(REQUEST, [{ priority: 1, conditions, actions: ["hit"] }]) !== undefined;

test.each<[Condition, boolean]>([
  [{ field: "host-header", values: ["APP.preview.localhost"] }, true],
  [{ field: "host-header", values: ["*.preview.localhost"] }, true],
  [{ field: "host-header", values: ["preview.localhost"] }, false],
  [{ field: "path-pattern", values: ["/api/*"] }, true],
  [{ field: "path-pattern", values: ["/API/*"] }, false],
  [{ field: "path-pattern", values: ["/static/*", "/api/v?/users"] }, true],
  [{ field: "http-request-method", values: ["GET", "HEAD"] }, true],
  [{ field: "http-request-method", values: ["POST"] }, false],
  [{ field: "http-header", name: "X-Team", values: ["blue"] }, true],
  [{ field: "http-header", name: "X-Other", values: ["*"] }, false],
  [{ field: "query-string", values: [{ key: "version", value: "t?o" }] }, true],
  [{ field: "query-string", values: [{ key: "", value: "two" }] }, true],
  [{ field: "query-string", values: [{ key: "other", value: "two" }] }, false],
  [{ field: "source-ip", values: ["127.0.0.0/8"] }, true],
  [{ field: "source-ip", values: ["10.0.0.0/8", "0.0.0.0/0"] }, true],
  [{ field: "source-ip", values: ["10.0.0.0/8"] }, false],
])("%j holds: %s", (condition, holds) => {
  expect(isFor(condition)).toBe(holds);
});

test("all conditions of a rule hold, or it is not for the request", () => {
  const host: Condition = { field: "host-header", values: ["*.localhost"] };
  expect(isFor(host, { field: "path-pattern", values: ["/api/*"] })).toBe(true);
  expect(isFor(host, { field: "path-pattern", values: ["/web/*"] })).toBe(false);
});

test("the first by priority counts, and the default rule comes last", () => {
  const rules = [
    { priority: Number.POSITIVE_INFINITY, conditions: [], actions: ["default"] },
    { priority: 20, conditions: [{ field: "path-pattern", values: ["/api/*"] }], actions: ["later"] },
    { priority: 3, conditions: [{ field: "path-pattern", values: ["/api/*"] }], actions: ["first"] },
  ] as const;
  expect(ruleFor(REQUEST, rules)?.actions).toEqual(["first"]);
  expect(ruleFor({ ...REQUEST, path: "/" }, rules)?.actions).toEqual(["default"]);
});

test("a text is of itself as a pattern, and of any with a star for a part", () => {
  const plain = string().filter((text) => !/[*?]/.test(text));
  assert(
    property(plain, plain, plain, (before, middle, after) => {
      expect(matches(before + middle + after, before + middle + after)).toBe(true);
      expect(matches(`${before}*${after}`, before + middle + after)).toBe(true);
      expect(matches(`${before}x*`, before)).toBe(false);
    }),
  );
});
