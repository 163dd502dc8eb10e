import { routeOf } from "../../../../local/services/eks/router";

test("names in a path are decoded, slashes and all", () => {
  const arn = "arn:aws:iam::123456789012:role/people/admin";
  const path = `/clusters/dev/access-entries/${encodeURIComponent(arn)}/access-policies`;
  expect(routeOf("GET", path)?.path).toEqual({ name: "dev", principalArn: arn });
});

test("a path of words goes before one of names", () => {
  expect(routeOf("POST", "/clusters/dev/update-config")?.path).toEqual({ name: "dev" });
  expect(routeOf("GET", "/addons/supported-versions")?.path).toEqual({});
});

test.each([
  ["PUT", "/clusters/dev"],
  ["GET", "/clusters/dev/insights/1/2"],
  ["GET", "/"],
])("planted fault: %s %s is nobody's", (method, path) => {
  expect(routeOf(method, path)).toBeUndefined();
});

test("planted fault: a name that is not encoded well is taken as it stands", () => {
  expect(routeOf("GET", "/clusters/%zz")?.path).toEqual({ name: "%zz" });
});
