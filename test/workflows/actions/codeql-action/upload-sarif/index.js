const { cpSync, mkdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const { GITHUB_RUN_ID: run, GITHUB_WORKSPACE: place, STAND_IN_ARTIFACTS: artifacts } = process.env;
const source = join(place, process.env.INPUT_SARIF_FILE);
const { version, runs } = JSON.parse(readFileSync(source, "utf8"));
if (version !== "2.1.0" || !Array.isArray(runs)) throw new Error("it is no SARIF 2.1.0");
const target = join(artifacts, run, "code-scanning");
mkdirSync(target, { recursive: true });
cpSync(source, join(target, `${process.env.INPUT_CATEGORY}.sarif`));
