import { execFileSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { zip } from "../../../../cli/artifact/lambda/zip";
import { temporaryFolder } from "../../../temporary-folder";

const text = (content: string) => new TextEncoder().encode(content);
const FILES = {
  "index.js": text("exports.handler = 1;"),
  "a/b.txt": text("b"),
  "a.txt": text("a".repeat(5000)),
};

afterEach(() => {
  delete process.env.TZ;
  jest.useRealTimers();
});

test("the same files in any order, at any time and in any zone are the same bytes", () => {
  const { bytes, sha256 } = zip(FILES);
  jest.useFakeTimers({ now: new Date("2031-07-01T12:00:00Z") });
  for (const zone of ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"]) {
    process.env.TZ = zone;
    const again = zip(Object.fromEntries(Object.entries(FILES).reverse()));
    expect(Buffer.from(again.bytes).equals(Buffer.from(bytes))).toBe(true);
    expect(again.sha256).toBe(sha256);
  }
});

test("other content, another name, and a file more are other bytes", () => {
  const { sha256 } = zip(FILES);
  expect(zip({ ...FILES, "a.txt": text("b") }).sha256).not.toBe(sha256);
  expect(zip({ ...FILES, "c.txt": text("") }).sha256).not.toBe(sha256);
});

test("both hashes are of the bytes", () => {
  const { sha256, sourceCodeHash } = zip(FILES);
  expect(Buffer.from(sourceCodeHash, "base64").toString("hex")).toBe(sha256);
});

test("what goes in comes out", () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(?:\/[a-z]{1,8})?\.js$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.uint8Array({ maxLength: 400 }), { maxKeys: 6 }), (files) => {
      const out = unzipSync(zip(files).bytes);
      expect(Object.keys(out).sort()).toEqual(Object.keys(files).sort());
      for (const [path, content] of Object.entries(files))
        expect(Buffer.from(out[path] ?? [])).toEqual(Buffer.from(content));
    }),
    { numRuns: 50 },
  );
});

test("another program reads it, with modes by which everybody may read the files", () => {
  const folder = temporaryFolder("zip");
  try {
    writeFileSync(join(folder, "a.zip"), zip(FILES).bytes);
    const script =
      "import zipfile,sys;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(),[(i.filename,oct(i.external_attr>>16),i.date_time) for i in z.infolist()])";
    const said = execFileSync("python3", ["-c", script, join(folder, "a.zip")], { encoding: "utf8" });
    const entry = (name: string) => `('${name}', '0o100644', (1980, 1, 2, 12, 0, 0))`;
    expect(said.trim()).toBe(`None [${["a.txt", "a/b.txt", "index.js"].map(entry).join(", ")}]`);
    expect(statSync(join(folder, "a.zip")).size).toBeLessThan(600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
