import { insteadOf, nearest } from "../../../cli/console/suggest";

test.each([
  ["dev-netwrok", "dev-network"],
  ["dev-netwok", "dev-network"],
  ["Dev-Network", "dev-network"],
  ["prod-cluste", "prod-cluster"],
])("%s is near %s", (name, meant) => {
  expect(nearest(name, ["dev-network", "dev-api", "prod-network", "prod-cluster"])).toEqual([meant]);
});

test("a name that is far from all others is near none", () => {
  expect(nearest("billing", ["dev-network", "dev-api"])).toEqual([]);
  expect(insteadOf("billing", ["dev-network", "dev-api"])).toEqual(["use one of dev-network, dev-api"]);
});

test("two turned letters of a short name are one edit", () => {
  expect(insteadOf("dve", ["dev", "staging", "prod"])).toEqual([
    "did you mean dev?",
    "use one of dev, staging, prod",
  ]);
});

test("of many names the first are listed, and the others counted", () => {
  const names = Array.from({ length: 300 }, (_, at) => `stack-${at}`);

  const [line = ""] = insteadOf("billing", names);

  expect(line).toMatch(/^use one of stack-0, .*stack-19, and 280 more$/);
});

test("where nothing is known, nothing is proposed", () => {
  expect(insteadOf("dev", [])).toEqual([]);
});
