import { orderOf } from "../../../cli/apply/order";
import { namingOf } from "../../../cli/project/naming";
import type { Stack } from "../../../cli/project/project";

const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  "api-dev": ["network-dev"],
  "api-prod": ["network-prod"],
};

/** The order of stacks, named as they are. */
function order(
  names: readonly string[],
  some: { asked?: readonly string[]; promotion?: readonly string[]; dependencies?: typeof DEPENDENCIES } = {},
) {
  const { dependencies = DEPENDENCIES, asked, promotion } = some;
  const naming = namingOf(names);
  const stacks = names.map(
    (name): Stack => ({
      name,
      ...naming.names.get(name),
      folder: "",
      dependencies: dependencies[name] ?? [],
      json: {},
    }),
  );
  return orderOf({ stacks, names, asked, promotion, unclear: naming.unclear });
}

const ALL = ["api-prod", "network-prod", "api-dev", "network-dev"];

test("the promotion says it, for those that are to be applied", () => {
  expect(order(ALL, { promotion: ["dev", "staging", "prod"] })).toEqual(["dev", "prod"]);
  expect(order(ALL, { promotion: ["prod", "dev"] })).toEqual(["prod", "dev"]);
});

test("--environment says it, also against the promotion", () => {
  expect(order(ALL, { asked: ["prod", "dev"], promotion: ["dev", "prod"] })).toEqual(["prod", "dev"]);
});

test("one environment needs no order, and what is of none comes first", () => {
  expect(order(["api-dev", "network-dev", "state"])).toEqual(["", "dev"]);
  expect(order(["network", "database"])).toEqual([""]);
});

test("planted fault: an order that nobody has said is not guessed, and what is proposed can be carried out", () => {
  expect(() => order(ALL)).toThrow(
    'which environment comes first? dev, prod\n  write their order into cdktf.json, e.g. "groundplan": {"promotion": ["dev", "prod"]}\n  or name them in the order in which they are to be applied, e.g. --environment dev prod',
  );
  expect(order(ALL, { asked: ["dev", "prod"] })).toEqual(["dev", "prod"]);
});

test("an environment that the promotion leaves out is not guessed either", () => {
  expect(() => order(["api-dev", "api-qa"], { promotion: ["dev", "prod"], dependencies: {} })).toThrow(
    '"promotion" in cdktf.json does not say when qa is applied\n  write their order into cdktf.json, e.g. "groundplan": {"promotion": ["dev", "prod", "qa"]}',
  );
});

test("stacks that may be of two environments are not applied beside each other", () => {
  const blueAndGreen = ["blue-api", "blue-web", "green-api", "green-web"];
  expect(() => order(blueAndGreen)).toThrow(
    "which environment is each of these stacks of, if of any? blue-api, blue-web, green-api, green-web",
  );
  expect(() => order(["dev-network", "prod-network", "shared-network"])).toThrow(
    "which environment is this stack of, if of any? shared-network",
  );
});

test("an order against the dependencies is refused before anything is applied", () => {
  expect(() => order(ALL, { asked: ["dev", "prod"], dependencies: { "api-dev": ["network-prod"] } })).toThrow(
    "api-dev depends on network-prod, which is applied later: dev, prod",
  );
  expect(() => order(["state", "api-dev", "network-dev"], { dependencies: { state: ["api-dev"] } })).toThrow(
    "state depends on api-dev, which is applied later: (no environment), dev",
  );
});
