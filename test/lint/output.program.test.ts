import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { LintedTree } from "./linted-tree";

const ROOT = join(__dirname, "..", "..");

/** Ways around cli/console/output.ts: each prints what strangers wrote as it is. */
const FAULTS = [
  "process.stdout.write(name);",
  "process.stderr.write(name);",
  'process["stdout"].write(name);',
  "const { stdout } = process;\nstdout.write(name);",
  "const out = process.stderr;\nout.write(name);",
  "console.log(name);",
  "console.error(name);",
  'console["warn"](name);',
  'import { stderr } from "node:process";\n\nstderr.write(name);',
  'import processes from "node:process";\n\nprocesses.stdout.write(name);',
  'import { log } from "node:console";\n\nlog(name);',
  'import { writeSync } from "node:fs";\n\nwriteSync(1, name);',
  'import fs from "node:fs";\n\nfs.writeSync(2, name);',
  'import fs from "node:fs";\n\nfs.write(1, name, () => undefined);',
  'import { write } from "node:fs";\n\nwrite(2, name, () => undefined);',
  'import { writevSync } from "node:fs";\n\nwritevSync(1, [Buffer.from(name)]);',
  'import { writeFileSync } from "node:fs";\n\nwriteFileSync(1, name);',
  'import { appendFileSync } from "node:fs";\n\nappendFileSync("/dev/stdout", name);',
  'import { appendFileSync } from "node:fs";\n\nappendFileSync("/dev/fd/2", name);',
  'import { writeFile } from "node:fs/promises";\n\nawait writeFile("/proc/self/fd/1", name);',
  'import { createWriteStream } from "node:fs";\n\ncreateWriteStream("/dev/stderr").end(name);',
  'import { createWriteStream } from "node:fs";\n\ncreateWriteStream("", { fd: 1 }).end(name);',
  'import { openSync } from "node:fs";\n\nopenSync("/dev/tty", "w");',
  "process.emitWarning(name);",
  'import { emitWarning } from "node:process";\n\nemitWarning(name);',
  'import { spawn } from "node:child_process";\n\nspawn("git", [name], { stdio: "inherit" });',
  'import { spawn } from "node:child_process";\n\nspawn("git", [name], { stdio: ["ignore", "inherit", "pipe"] });',
];

const CLEAN: Readonly<Record<string, string>> = {
  "cli/console/output.ts": "process.stdout.write(name);\n",
  "cli/plan/plan.ts": 'import { line, say } from "../console/output";\n\nsay(line`${name}`);\n',
  "cli/plan/written.ts":
    'import { openSync, writeFileSync } from "node:fs";\n\nwriteFileSync(file, name);\nopenSync("/dev/fd/1x", "w");\nwrite(name, 1);\nopen(name, 2);\n',
  "cli/plan/shared.ts":
    'import { stdin } from "node:process";\n\nread(stdin, { stdio: ["pipe", "pipe", "ignore"] });\n',
};

let tree: LintedTree;

beforeAll(() => {
  tree = new LintedTree(CLEAN);
  for (const [at, fault] of FAULTS.entries()) tree.write(`cli/plan/bad${at}.ts`, `${fault}\n`);
});

test("what a command prints goes through one edge: every way around it is refused, and nothing else", () => {
  const { status, output } = tree.lint();
  const refused = [...output.matchAll(/^cli\/(\S+?\.ts):\d+:\d+ plugin/gm)].map(([, file]) => file);

  expect(status).toBe(1);
  expect([...new Set(refused)].sort()).toEqual(FAULTS.map((_, at) => `plan/bad${at}.ts`).sort());
});

test("a text of strangers is no line: only its parts are", () => {
  // GIVEN
  const good = ["say(line`${paint.good(name)} ${name}`);", "say(paint.bad(name));", "sayAside(line`${1}`);"];
  const bad = [
    "say(name);",
    "say(`${name}`);",
    "sayAside(`${paint.good(name)}`);",
    'say(paint.good(name) + "");',
  ];
  cpSync(join(ROOT, "cli", "console"), join(tree.folder, "typed", "console"), { recursive: true });
  tree.write("typed/said.ts", [HEAD, ...good, ...bad].join("\n"));
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: "node20",
    types: ["node"],
    esModuleInterop: true,
  };
  tree.write("typed/tsconfig.json", JSON.stringify({ compilerOptions, files: ["said.ts"] }));
  // WHEN
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", join(tree.folder, "typed")], {
    encoding: "utf8",
  });
  // THEN
  const lines = [
    ...stdout.matchAll(/said\.ts\((\d+),\d+\): .* is not assignable to parameter of type 'Line'/g),
  ];
  expect(lines.map(([, at]) => Number(at))).toEqual(bad.map((_, at) => 2 + good.length + at));
});

const HEAD = 'import { line, paint, say, sayAside } from "./console/output"; declare const name: string;';
