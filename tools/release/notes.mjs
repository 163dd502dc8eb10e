#!/usr/bin/env node
// Prints the version of the packages when CHANGELOG.md has a section of it, and writes that into a file.
import { readFileSync, writeFileSync } from "node:fs";
import { notes } from "./changelog.mjs";

const [file] = process.argv.slice(2);
if (!file) throw new Error("Usage: node tools/release/notes.mjs <file>");
const { version } = JSON.parse(readFileSync("cli/package.json", "utf8"));
const text = notes(readFileSync("CHANGELOG.md", "utf8"), version);
if (text !== undefined) {
  writeFileSync(file, text);
  console.log(version);
}
