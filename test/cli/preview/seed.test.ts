import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSeed } from "../../../cli/preview/seed";
import { temporaryFolder } from "../../temporary-folder";

test("a dump is a file of the repository, and nothing outside of it", () => {
  const root = temporaryFolder("seed");
  mkdirSync(join(root, "db"));
  writeFileSync(join(root, "db", "seed.sql"), "SELECT 1;\n");
  expect(readSeed(root, "db/seed.sql")?.toString()).toBe("SELECT 1;\n");
  expect(readSeed(root, undefined)).toBeUndefined();

  symlinkSync("/etc/hostname", join(root, "db", "link.sql"));
  expect(() => readSeed(root, "db/link.sql")).toThrow(/the dump db\/link.sql .* a link leads out of/);
  expect(() => readSeed(root, "../elsewhere.sql")).toThrow(/cannot be read/);
  expect(() => readSeed(root, "db/none.sql")).toThrow(/the dump db\/none.sql/);
  expect(() => readSeed(root, "db")).toThrow(/the dump db of .idp\/config.yml cannot be read/);
});
