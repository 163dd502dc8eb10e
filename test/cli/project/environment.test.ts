import { inOrder, nameOf } from "../../../cli/project/environment";

test.each([
  [
    ["dev", "prod", "staging"],
    ["dev", "staging", "prod"],
  ],
  [
    ["production", "qa", "development", "uat"],
    ["development", "qa", "uat", "production"],
  ],
  [
    ["prod", "zeta", "alpha", "", "dev"],
    ["", "dev", "zeta", "alpha", "prod"],
  ],
  [
    ["staging", "eu"],
    ["staging", "eu"],
  ],
])("%j are shown in the order %j", (names, order) => {
  expect(inOrder(names)).toEqual(order);
});

test("the promotion wins over what the names say, and what it does not name comes after it", () => {
  expect(inOrder(["prod", "qa", "", "dev", "canary"], ["canary", "prod"])).toEqual([
    "",
    "canary",
    "prod",
    "dev",
    "qa",
  ]);
});

test("a stack's name is that of the project's reading, and the name itself where there is none", () => {
  expect(nameOf({ name: "api-dev", environment: "dev", unit: "api" })).toEqual({
    environment: "dev",
    unit: "api",
  });
  expect(nameOf({ name: "state" })).toEqual({ unit: "state" });
});
