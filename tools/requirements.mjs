#!/usr/bin/env node
// What `npm run requirements` runs: resolves each requirements file anew, with the hash of every file of every release.
//
// What is pinned stays where it is; `npm run requirements -- --upgrade` takes the newest of all that no .in file pins.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import local from "../local/dist/index.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The oldest Python that each file must install on. The newest that is released is a matter of the wheels that exist. */
const FILES = {
  "local/requirements": "3.10",
  "tools/requirements-test": "3.10",
  "tools/requirements-aws": "3.10",
  "tools/requirements-syft": "3.10",
  "tools/requirements-uv": "3.10",
  "tools/ci/requirements": "3.10",
  // zizmor needs it.
  "tools/actions/requirements": "3.11",
};

const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--upgrade")) {
  console.error("Usage: npm run requirements [-- --upgrade]");
  process.exit(2);
}

const requirements = join(ROOT, "tools", "requirements-uv.txt");
const { python } = await local.install({ requirements, name: "uv", onProgress: (line) => console.log(line) });

for (const [name, version] of Object.entries(FILES)) {
  const file = join(ROOT, `${name}.txt`);
  const before = readFileSync(file, "utf8");
  const flags = [
    "--universal",
    "--generate-hashes",
    "--only-binary=:all:",
    "--no-annotate",
    "--no-header",
    "--quiet",
  ];
  execFileSync(
    join(dirname(python), "uv"),
    [
      "pip",
      "compile",
      `--python-version=${version}`,
      ...flags,
      ...args,
      `--output-file=${file}`,
      `${name}.in`,
    ],
    // What is resolved is what the package index offers to everybody, whatever this machine has beside it.
    {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, UV_NO_CONFIG: "1", UV_PYTHON_DOWNLOADS: "never" },
    },
  );
  const header = `# Written by \`npm run requirements\` from the .in file beside it. pip takes no file of another hash.\n`;
  const after = header + readFileSync(file, "utf8");
  writeFileSync(file, after);
  console.log(`${name}.txt: ${after === before ? "as it was" : "written"}`);
}
