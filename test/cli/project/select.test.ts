import { chooseStacks, environmentsOf, stackOfName } from "../../../cli/project/select";

const STACKS = [
  { name: "state" },
  { name: "prod-network", environment: "prod" },
  { name: "dev-network", environment: "dev" },
  { name: "dev-api", environment: "dev" },
];

test("without patterns and environments all stacks are chosen", () => {
  expect(chooseStacks(STACKS, {})).toEqual(["state", "prod-network", "dev-network", "dev-api"]);
});

test("patterns and environments are narrowed by each other, in the order of the stacks", () => {
  expect(chooseStacks(STACKS, { patterns: ["*-network"] })).toEqual(["prod-network", "dev-network"]);
  expect(chooseStacks(STACKS, { environments: ["dev"] })).toEqual(["dev-network", "dev-api"]);
  expect(chooseStacks(STACKS, { patterns: ["*-network"], environments: ["dev"] })).toEqual(["dev-network"]);
});

test("environments stand in the order of the promotion, and without one in that of their names", () => {
  expect(environmentsOf(STACKS)).toEqual(["dev", "prod"]);
  expect(environmentsOf(STACKS, ["prod", "dev"])).toEqual(["prod", "dev"]);
});

test("a wrong stack is answered with the one that was meant", () => {
  const wrong =
    'no stack "dev-netwrok"\n  did you mean dev-network?\n  use one of state, prod-network, dev-network, dev-api';

  expect(() => chooseStacks(STACKS, { patterns: ["dev-netwrok"] })).toThrow(wrong);
  expect(() => stackOfName(STACKS, "dev-netwrok")).toThrow(wrong);
});

test("a wrong environment is answered with the one that was meant", () => {
  expect(() => chooseStacks(STACKS, { environments: ["dev", "prdo"] })).toThrow(
    'no environment "prdo"\n  did you mean prod?\n  use one of dev, prod',
  );
  expect(() => chooseStacks([{ name: "state" }], { environments: ["dev"] })).toThrow(
    "no stack's name says an environment",
  );
});
