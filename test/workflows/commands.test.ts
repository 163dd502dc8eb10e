import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DescribedCommand, describedCommands } from "../../cli/console/described-commands";
import { calls, faultsOf } from "./command-lines";

const ROOT = join(__dirname, "..", "..");

const found = describedCommands(join(ROOT, "cli", "commands.json"));
if (!found) throw new Error("cli/commands.json cannot be read");
const root: DescribedCommand = found;

/** Files in which a job's shell stands. */
const FILES = [".github/workflows", ".github/actions", "tools/ci"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ya?ml|sh)$/.test(name))
    .map((name) => `${folder}/${name}`),
);

/** What is wrong in a text of the shell. */
const faults = (script: string) => calls(script).flatMap((words) => faultsOf(words, root));

test.each(FILES)("what %s calls is a command with these options and arguments", (file) => {
  expect(faults(readFileSync(join(ROOT, file), "utf8"))).toEqual([]);
});

test("each call is seen, in whatever shell it stands", () => {
  const all = FILES.flatMap((file) => calls(readFileSync(join(ROOT, file), "utf8")));
  expect(all.length).toBeGreaterThan(20);
  expect(calls('if [[ -f a ]]; then npx groundplan comment --text "$A" \\\n  --subject a; fi')).toEqual([
    [
      { text: "comment", open: false, many: false },
      { text: "--text", open: false, many: false },
      { text: "$A", open: true, many: false },
      { text: "--subject", open: false, many: false },
      { text: "a", open: false, many: false },
    ],
  ]);
});

test.each([
  ["scan report a.json --format sarif --out b > c", []],
  ['scan report "${files[@]}" --fail-on=critical || code=$?', []],
  ["artifact build api --json > built.json", []],
  ['artifact "${arguments[@]}" --service "$SERVICE" --json', []],
  ['plan "${options[@]}"', []],
  ['preview gc "${options[@]}"', []],
  ['preview gc "$NAME"', ["gc takes 0 arguments, and gets 1"]],
  ["report results/*.json -f markdown", []],
  ["scan rapport a.json", ['scan has no command "rapport"']],
  ["scann report", ['groundplan has no command "scann"']],
  ["scan report a.json --format yaml", ['report --format takes no "yaml"']],
  ["scan report a.json --fail critical", ["report has no option --fail"]],
  ["scan report --fail-on critical", ["report needs 1 arguments, and gets 0"]],
  ["scan report a.json --out", ["report --out has no value"]],
  ["apply dev prod | cat", []],
  ["artifact deploy dev prod", ["deploy takes 1 arguments, and gets 2"]],
  ['artifact "${arguments[@]}" --servise "$SERVICE"', ["no command of artifact has an option --servise"]],
])("planted: npx groundplan %s", (call, wanted) => {
  expect(faults(`npx groundplan ${call}\n`)).toEqual(wanted);
});
