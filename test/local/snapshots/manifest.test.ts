import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  assertSameVersions,
  assertSnapshotName,
  contentIn,
  readManifest,
  readManifests,
  removeManifest,
  removeUnnamedContents,
  snapshotsIn,
  writeManifest,
} from "../../../local/snapshots/manifest";
import { temporaryFolder } from "../../temporary-folder";

const [FIRST, SECOND] = [1, 2].map((number) => `content-00000000-0000-4000-8000-00000000000${number}`) as [
  string,
  string,
];
const VERSIONS = { moto: "5.2.5", ministack: "1.5.33", python: "3.11.7" };
let state: string;

beforeEach(() => {
  state = temporaryFolder("manifest");
  for (const content of [FIRST, SECOND]) mkdirSync(contentIn(state, content), { recursive: true });
});

afterEach(() => rmSync(state, { recursive: true, force: true }));

const snapshot = (name: string) => ({
  name,
  savedAt: "2026-12-01T00:00:00.000Z",
  account: "123456789012",
  region: "us-east-1",
  versions: VERSIONS,
  bytes: 4,
});

test("what is written is read, by name", () => {
  writeManifest(state, snapshot("full"), SECOND);
  writeManifest(state, snapshot("base"), FIRST);
  expect(readManifests(state).map(({ name, content }) => [name, content])).toEqual([
    ["base", FIRST],
    ["full", SECOND],
  ]);
  removeManifest(state, "base");
  expect(readManifest(state, "base")).toBeUndefined();
});

test("contents that no snapshot names are removed, but for the one that is being loaded", () => {
  writeManifest(state, snapshot("base"), FIRST);
  removeUnnamedContents(state, SECOND);
  expect(existsSync(contentIn(state, SECOND))).toBe(true);
  removeUnnamedContents(state, undefined);
  expect([FIRST, SECOND].map((content) => existsSync(contentIn(state, content)))).toEqual([true, false]);
});

test.each([
  ["damaged", () => writeFileSync(join(snapshotsIn(state), "base.json"), "{")],
  [
    "of another name",
    () => writeManifest(state, { ...snapshot("other"), name: "base" }, "content-elsewhere"),
  ],
  ["without content", () => rmSync(contentIn(state, FIRST), { recursive: true })],
])("planted fault: a file that is %s is no snapshot", (_, damage) => {
  writeManifest(state, snapshot("base"), FIRST);
  damage();
  expect(readManifest(state, "base")).toBeUndefined();
});

test.each(["base", "a", "dev-1.2_x"])("%s is a name", (name) => {
  expect(() => assertSnapshotName(name)).not.toThrow();
});

test.each(["", "Base", "../base", "base/one", "base.", "-base", "a".repeat(64)])(
  "planted fault: %j is no name",
  (name) => {
    expect(() => assertSnapshotName(name)).toThrow(/invalid name of a snapshot .*: use 1 to 63/);
  },
);

test.each(["../content", "content-x", undefined, 1])("planted fault: %j is no content", (content) => {
  expect(() => contentIn(state, content)).toThrow(/is no content of a snapshot/);
});

test("planted fault: another version is refused, by name and with what to do", () => {
  writeManifest(state, snapshot("base"), FIRST);
  const manifest = readManifest(state, "base");
  if (!manifest) throw new Error("not read");
  expect(() => assertSameVersions(manifest, VERSIONS)).not.toThrow();
  expect(() => assertSameVersions(manifest, { ...VERSIONS, moto: "5.3.0" })).toThrow(
    "the snapshot base was saved by another version of the emulator: moto 5.2.5 instead of 5.3.0\n  deploy again and save it anew: groundplan local save base\n  or delete it: groundplan local delete base",
  );
});
