#!/usr/bin/env node
// What `npm run release` does: the next version of the packages, from what changesets say.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import getReleasePlan from "@changesets/get-release-plan";
import { release } from "./changelog.mjs";

const root = process.cwd();
const { releases, changesets: changes } = await getReleasePlan(root);
const [next] = releases.filter(({ type }) => type !== "none").map(({ newVersion }) => newVersion);
if (next === undefined) {
  console.error("Error: no changeset says how much has changed\n  write one: npx changeset");
  process.exit(1);
}
const path = join(root, "CHANGELOG.md");
const day = new Date().toISOString().slice(0, 10);
const summaries = changes.map(({ summary }) => summary);
// It fails before anything is written.
const text = release(readFileSync(path, "utf8"), next, day, summaries);
const run = (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
  execFileSync(program, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
run("npx", "--no-install", "changeset", "version");
run(
  "npm",
  "install",
  "--package-lock-only",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
);
writeFileSync(path, text);
// The examples name the packages with their versions.
console.log(
  `version ${next}: run npm run derive, look at CHANGELOG.md, commit it all, and open a pull request`,
);
