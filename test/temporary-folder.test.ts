import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { temporaryFolder } from "./temporary-folder";

test("each folder is empty, another one, by its real path, and noted to be removed with the suite", () => {
  const [one, other] = [temporaryFolder("one"), temporaryFolder("one")];
  writeFileSync(join(one, "file"), "");
  expect(readdirSync(other)).toEqual([]);
  expect(dirname(one)).toBe(realpathSync(tmpdir()));
  expect(statSync(one).mode & 0o777).toBe(0o700);
  expect((globalThis as { temporaryFolders?: readonly string[] }).temporaryFolders).toEqual([one, other]);
});

/** Files whose folders are of another kind, each with the reason. */
const OWN: Readonly<Record<string, string>> = {
  "temporary-folder.ts": "makes them",
  "temporary-folder.test.ts": "this text",
  "overlays/define-environment.program.test.ts": "is compiled within the repository",
  "cli/affected/named-files.test.ts": "its name has what a path may have",
  "cli/artifact/lambda/build.test.ts": "its name has another length each time",
  "security/other-users.test.ts": "looks at how folders are made",
  "security/kills.program.test.ts": "looks at how folders are made",
  "security/kills/holds.ts": "lies in a folder of the test",
};

/** Files of test/ that make a temporary folder by themselves. */
const makers = (files: Readonly<Record<string, string>>) =>
  Object.keys(files).filter((name) => /\bmkdtemp/.test(files[name] ?? "") && OWN[name] === undefined);

test("nothing in test/ makes a temporary folder by itself", () => {
  const names = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(?!.*node_modules).*\.ts$/.test(name),
  );
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(__dirname, name), "utf8")]));
  expect(makers(files)).toEqual([]);
  expect(
    Object.keys(OWN).filter(
      (name) => !existsSync(join(__dirname, name)) || !/mkdtemp/.test(files[name] ?? ""),
    ),
  ).toEqual([]);
  expect(makers({ "planted.ts": 'mkdtempSync(join(tmpdir(), "x-"))' })).toEqual(["planted.ts"]);
});
