import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../../cli/project/settings";

const root = mkdtempSync(join(tmpdir(), "settings-"));
afterAll(() => rmSync(root, { recursive: true }));

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
    `cdktf.json: "groundplan" has no setting "masks"; its settings are mask`,
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

test("refuses a block that is no object", () => {
  expect(() => read(["password"])).toThrow('"groundplan" must be object');
});

test("says every fault of a block at once", () => {
  expect(() => read({ masks: [], maks: [] })).toThrow(/"masks"[\s\S]*"maks"/);
});
