const { appendFileSync, cpSync, existsSync, mkdirSync, rmSync, statSync } = require("node:fs");
const { basename, join, resolve } = require("node:path");

const { GITHUB_RUN_ID: run, GITHUB_WORKSPACE: place, STAND_IN_ARTIFACTS: artifacts } = process.env;
const { GITHUB_OUTPUT: output, GITHUB_REPOSITORY: repository } = process.env;
const input = (name) => process.env[`INPUT_${name.toUpperCase()}`];
const source = resolve(place, input("path"));
// The real one leaves out whatever has a folder in its path that begins with a dot.
const hidden = input("path")
  .split("/")
  .some((part) => part.startsWith(".") && part.length > 1);
const found = existsSync(source) && (!hidden || input("include-hidden-files") === "true");
// A file that goes without an archive gives the artifact its name.
const name = input("archive") === "false" ? basename(source) : input("name");
const target = join(artifacts, run, name);
if (!found) {
  console.log(`no files were found at ${input("path")}`);
  if (input("if-no-files-found") === "error") process.exitCode = 1;
} else if (input("archive") === "false" && statSync(source).isDirectory()) {
  console.error(`${input("path")} is a folder, which cannot go without an archive`);
  process.exitCode = 1;
} else if (existsSync(target) && input("overwrite") !== "true") {
  console.error(`there is an artifact ${name} already`);
  process.exitCode = 1;
} else {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(source, statSync(source).isDirectory() ? target : join(target, basename(source)), {
    recursive: true,
  });
  const url = `https://github.com/${repository}/actions/runs/${run}/artifacts/${name}`;
  appendFileSync(output, `artifact-url=${url}\n`);
}
