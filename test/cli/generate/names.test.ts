import { camelCase, checkName, type Kind, keyOf, pascalCase } from "../../../cli/generate/names";

test.each<[Kind, string]>([
  ["environment", "qa"],
  ["environment", "pre-prod"],
  ["environment", "abcdefghijklmnop"],
  ["stack", "a"],
  ["service", "order-intake2"],
  ["app", "abcdefghijklmnopqrstuvwxyz"],
])("takes the %s name %s", (kind, name) => {
  expect(() => checkName(kind, name)).not.toThrow();
});

test.each<[Kind, string, RegExp]>([
  ["environment", "q", /^invalid environment name "q": use 2 to 16 lower-case letters[\s\S]*e\.g\. qa$/],
  ["environment", "abcdefghijklmnopq", /use 2 to 16/],
  ["environment", "Prod", /use 2 to 16/],
  ["environment", "no", /YAML takes it for no text/],
  ["environment", "state", /Groundplan has it for something else/],
  ["stack", "1st", /use 1 to 26 .* a letter first/],
  ["stack", "index", /Groundplan has it for something else/],
  ["service", "a--b", /single hyphens/],
  ["service", "-a", /a letter first/],
  ["app", "../../etc", /use 1 to 26/],
  ["app", "true", /YAML takes it for no text/],
])("refuses the %s name %s", (kind, name, message) => {
  expect(() => checkName(kind, name)).toThrow(message);
});

test("makes names of classes, constants and keys", () => {
  expect(["qa", "pre-prod", "v2-api"].map(pascalCase)).toEqual(["Qa", "PreProd", "V2Api"]);
  // JavaScript has `new` and `default` for itself, overlays/index.ts has `platform`.
  expect(["pre-prod", "new", "default", "platform"].map(camelCase)).toEqual([
    "preProd",
    "newEnvironment",
    "defaultEnvironment",
    "platformEnvironment",
  ]);
  expect(["qa", "pre-prod"].map(keyOf)).toEqual(["qa", '"pre-prod"']);
});
