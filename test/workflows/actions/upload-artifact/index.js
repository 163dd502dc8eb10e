const { cpSync, existsSync, mkdirSync, rmSync, statSync } = require("node:fs");
const { basename, join } = require("node:path");

const { GITHUB_RUN_ID: run, GITHUB_WORKSPACE: place, STAND_IN_ARTIFACTS: artifacts } = process.env;
const input = (name) => process.env[`INPUT_${name.toUpperCase()}`];
const source = join(place, input("path"));
// The real one leaves out whatever has a folder in its path that begins with a dot.
const hidden = input("path")
  .split("/")
  .some((part) => part.startsWith(".") && part.length > 1);
const found = existsSync(source) && (!hidden || input("include-hidden-files") === "true");
const target = join(artifacts, run, input("name"));
if (!found) {
  console.log(`no files were found at ${input("path")}`);
  if (input("if-no-files-found") === "error") process.exitCode = 1;
} else if (existsSync(target) && input("overwrite") !== "true") {
  console.error(`there is an artifact ${input("name")} already`);
  process.exitCode = 1;
} else {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(source, statSync(source).isDirectory() ? target : join(target, basename(source)), {
    recursive: true,
  });
}
