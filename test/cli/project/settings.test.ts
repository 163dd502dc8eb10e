import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "../../../cli/project/settings";
import { temporaryFolder } from "../../temporary-folder";

const root = temporaryFolder("settings");

/** The settings of a project whose cdktf.json has a block. */
function read(groundplan?: unknown) {
  writeFileSync(join(root, "cdktf.json"), JSON.stringify({ app: "node main.js", groundplan }));
  return readSettings({ root });
}

test("a project without the block has no settings", () => {
  expect(read()).toEqual({});
  expect(read({})).toEqual({});
});

test("reads the names whose values are masked", () => {
  expect(read({ mask: ["password", "*_token"] })).toEqual({ mask: ["password", "*_token"] });
});

test("refuses an unknown key by its name, and says what to write", () => {
  expect(() => read({ masks: ["password"] })).toThrow(
    `cdktf.json: "groundplan" has no setting "masks"; its settings are mask, environment, promotion, scan`,
  );
  expect(() => read({ masks: ["password"] })).toThrow(
    'write e.g. {"groundplan":{"mask":["password","*_token"]',
  );
});

test.each([
  ["password", '"groundplan.mask" must be array'],
  [["password", 3], '"groundplan.mask.1" must be string'],
  [[""], '"groundplan.mask.0" must NOT have fewer than 1 characters'],
])("refuses the mask %j", (mask, message) => {
  expect(() => read({ mask })).toThrow(message);
});

test("reads how environments are named, and their order", () => {
  const settings = { environment: { map: { "*-live": "prod" } }, promotion: ["dev", "prod"] };
  expect(read(settings)).toEqual(settings);
  expect(read({ environment: "none" })).toEqual({ environment: "none" });
});

test.each([
  [{ environment: "some" }, '"groundplan.environment" has none of its forms'],
  [{ environment: { patern: "x" } }, '"groundplan.environment" has none of its forms'],
  [{ environment: { map: { a: "../b" } } }, '"groundplan.environment" has none of its forms'],
  [{ promotion: ["dev", "dev"] }, '"groundplan.promotion" must NOT have duplicate items'],
  [{ promotion: ["a b"] }, '"groundplan.promotion.0" must match pattern'],
])("refuses %j", (settings, message) => {
  expect(() => read(settings)).toThrow(message);
});

test("refuses a block that is no object", () => {
  expect(() => read(["password"])).toThrow('"groundplan" must be object');
});

test("says every fault of a block at once", () => {
  expect(() => read({ masks: [], maks: [] })).toThrow(/"masks"[\s\S]*"maks"/);
});
