import { inOrder, splitName } from "../../../cli/project/environment";

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
])("%j go in the order %j", (names, order) => {
  expect(inOrder(names)).toEqual(order);
});

test("a name is split at its last hyphen", () => {
  expect(splitName("eu-dev-network")).toEqual({ environment: "eu-dev", unit: "network" });
  expect(splitName("state")).toEqual({ unit: "state" });
});
