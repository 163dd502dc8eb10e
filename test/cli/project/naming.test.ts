import { type EnvironmentSetting, namingOf } from "../../../cli/project/naming";

const read = (setting: EnvironmentSetting | undefined, ...names: readonly string[]) =>
  Object.fromEntries(namingOf(names, setting).names);

test("without a setting the names themselves say it", () => {
  expect(namingOf(["api-dev", "api-prod"]).by).toBe("names");
  expect(read(undefined, "api-dev")).toEqual({ "api-dev": { environment: "dev", unit: "api" } });
});

test("a pattern says it, and what it does not match has no environment", () => {
  const pattern = "^(?<environment>[^-]+)-(?<unit>.+)$";
  expect(read({ pattern }, "eu-network-dev", "state")).toEqual({
    "eu-network-dev": { environment: "eu", unit: "network-dev" },
    state: { unit: "state" },
  });
  expect(read({ pattern: "-(?<environment>[a-z]+)$" }, "api-dev")).toEqual({
    "api-dev": { environment: "dev", unit: "api-dev" },
  });
});

test("a map says it by its first row that means the stack, and the unit is what * stands for", () => {
  const map = { "shop-*-live": "prod", legacy: "prod", "*-try": "dev", "x.y": "dev" };
  expect(read({ map }, "shop-api-live", "legacy", "web-try", "xzy", "other")).toEqual({
    "shop-api-live": { environment: "prod", unit: "api" },
    legacy: { environment: "prod", unit: "legacy" },
    "web-try": { environment: "dev", unit: "web" },
    xzy: { unit: "xzy" },
    other: { unit: "other" },
  });
});

test("none says that there are no environments, and that nothing is unclear", () => {
  const naming = namingOf(["blue-api", "blue-web", "green-api", "green-web", "api-dev"], "none");
  expect([...naming.names.values()].filter(({ environment }) => environment !== undefined)).toEqual([]);
  expect(naming.unclear).toEqual([]);
});

test.each([
  ["(x", "is no regular expression"],
  ["^(.+)-(.+)$", "has no group (?<environment>…): ^(.+)-(.+)$"],
])("refuses the pattern %s", (pattern, message) => {
  expect(() => namingOf(["a"], { pattern })).toThrow(message);
});
