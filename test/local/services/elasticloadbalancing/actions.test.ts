import { array, assert, double, integer, property } from "fast-check";
import {
  chooseGroup,
  isSuccess,
  locationOf,
  type Redirect,
} from "../../../../local/services/elasticloadbalancing/actions";

const ASKED = {
  protocol: "http",
  host: "app.preview.localhost",
  port: 80,
  path: "/a/b",
  query: "c=d",
} as const;
const REDIRECT: Redirect = {
  protocol: "HTTPS",
  host: "#{host}",
  port: "443",
  path: "/#{path}",
  query: "#{query}",
  status: 301,
};

test("a redirect to HTTPS leads to the port that answers here", () => {
  expect(locationOf(REDIRECT, ASKED, 4566)).toBe("https://app.preview.localhost:4566/a/b?c=d");
});

test("a redirect to another host leads to the port that it names", () => {
  expect(locationOf({ ...REDIRECT, host: "www.example.com" }, ASKED, 4566)).toBe(
    "https://www.example.com/a/b?c=d",
  );
  expect(
    locationOf({ ...REDIRECT, host: "www.example.com", port: "8443", path: "/", query: "" }, ASKED, 4566),
  ).toBe("https://www.example.com:8443/");
});

test("a group gets its weight's part, and one of 0 nothing", () => {
  const groups = [
    { arn: "service", weight: 3 },
    { arn: "asleep", weight: 0 },
    { arn: "canary", weight: 1 },
  ];
  expect([0, 0.5, 0.74, 0.76, 0.99].map((point) => chooseGroup(groups, point))).toEqual([
    "service",
    "service",
    "service",
    "canary",
    "canary",
  ]);
  expect(chooseGroup([{ arn: "asleep", weight: 0 }], 0)).toBeUndefined();
});

test("whatever the weights, one that is not 0 is chosen where there is one", () => {
  assert(
    property(
      array(integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 5 }),
      double({ min: 0, max: 0.999999, noNaN: true }),
      (weights, point) => {
        const groups = weights.map((weight, index) => ({ arn: String(index), weight }));
        const chosen = chooseGroup(groups, point);
        if (weights.every((weight) => weight === 0)) expect(chosen).toBeUndefined();
        else expect(weights[Number(chosen)]).toBeGreaterThan(0);
      },
    ),
  );
});

test("a matcher is statuses and ranges of them", () => {
  expect(isSuccess("200", 200)).toBe(true);
  expect(isSuccess("200,301", 301)).toBe(true);
  expect(isSuccess("200-399", 304)).toBe(true);
  expect(isSuccess("200-399", 404)).toBe(false);
  expect(isSuccess("200", 0)).toBe(false);
});
