import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beginLoad, endLoad, finishLoad, loadingContent } from "../../../local/snapshots/journal";
import { contentIn } from "../../../local/snapshots/manifest";
import { temporaryFolder } from "../../temporary-folder";

const CONTENT = "content-00000000-0000-4000-8000-000000000000";
let state: string;

beforeEach(() => {
  state = temporaryFolder("journal");
  put(join(state, "moto"), "old");
  put(join(contentIn(state, CONTENT), "moto"), "saved");
});

afterEach(() => rmSync(state, { recursive: true, force: true }));

function put(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "state"), text, { mode: 0o600 });
}

const found = () => readFileSync(join(state, "moto", "state"), "utf8");

test("a load that was interrupted is finished, and once", async () => {
  beginLoad(state, CONTENT);
  expect(loadingContent(state)).toBe(CONTENT);
  put(join(state, "moto"), "half");
  await finishLoad(state);
  expect([found(), loadingContent(state)]).toEqual(["saved", undefined]);
  put(join(state, "moto"), "later");
  await finishLoad(state);
  expect(found()).toBe("later");
});

test("one that has ended is not done again", async () => {
  beginLoad(state, CONTENT);
  endLoad(state);
  await finishLoad(state);
  expect(found()).toBe("old");
});

test.each([
  ["its content is gone", () => rmSync(contentIn(state, CONTENT), { recursive: true })],
  ["its file is damaged", () => writeFileSync(join(state, "loading.json"), "{")],
])("planted fault: %s, and what is half there is set aside", async (_, damage) => {
  beginLoad(state, CONTENT);
  damage();
  await finishLoad(state);
  expect(existsSync(join(state, "moto"))).toBe(false);
  expect(readFileSync(join(state, "moto.unreadable", "state"), "utf8")).toBe("old");
  expect(loadingContent(state)).toBeUndefined();
});

test("planted fault: a file that leads elsewhere is not followed", async () => {
  writeFileSync(join(state, "loading.json"), JSON.stringify({ content: "../../etc" }));
  await finishLoad(state);
  expect(readFileSync(join(state, "moto.unreadable", "state"), "utf8")).toBe("old");
});
