#!/usr/bin/env node
// What `npm run pictures` does: takes the pictures of the README and of docs/report.md, of a real run of `npm start` in a
// clone of this commit, and of the comment and the page that a change to dev gets there. It takes minutes, and needs what `npm test` needs.
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser, takePictures } from "./browser.mjs";
import { commentPage } from "./comment.mjs";
import { terminalPage } from "./terminal.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const FOLDER = join(ROOT, "docs", "pictures");

/** A change as a pull request brings one: NAT in each zone, more memory, and a repository that goes. */
const CHANGES = [
  ['nat: "single"', 'nat: "per-az"'],
  ["maxImages: 15", 'maxImages: 15, repositories: ["api", "frontend"]'],
  ["api: { logRetentionDays: 14 }", "api: { logRetentionDays: 14, memoryMb: 512 }"],
];

/** Runs a command on a terminal of its own, and gives what it wrote there. */
const PTY = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";

if (!findBrowser()) fail("there is no Chromium", "install it, e.g. apt-get install chromium");
if (!hasEmoji())
  fail("no font has the emoji of the comment", "install one, e.g. apt-get install fonts-noto-color-emoji");

const clone = mkdtempSync(join(tmpdir(), "groundplan-pictures-"));
process.once("exit", () => rmSync(clone, { recursive: true, force: true }));
cloneInto(clone);
/** @type {[string, string]} */
const cli = [process.execPath, join("cli", "bin", "groundplan.js")];
try {
  console.log("npm start …");
  const started = await run(
    "python3",
    "-c",
    PTY,
    "sh",
    "-c",
    `stty cols 110 rows 60; exec npm start --silent -- --port ${await freePort()}`,
  );
  await save("start", await terminalPage("npm start", started, 38));
  console.log("the plan of a change to dev …");
  const overlay = join(clone, "overlays", "dev", "environment.ts");
  writeFileSync(
    overlay,
    CHANGES.reduce((text, [from = "", to = ""]) => replaced(text, from, to), readFileSync(overlay, "utf8")),
  );
  execFileSync(
    "git",
    [
      "-c",
      "user.name=pictures",
      "-c",
      "user.email=pictures@example.com",
      "commit",
      "-qam",
      "feat: NAT in each zone",
    ],
    { cwd: clone },
  );
  const call = cli.map((word) => `'${word}'`).join(" ");
  const led = (/** @type {string} */ args) =>
    run("sh", "-c", `eval "$(${call} local env)" && ${call} ${args}`);
  await led("plan dev-network dev-registry dev-api");
  const markdown = await led("report --format markdown");
  await save("comment", commentPage(markdown, "repositories_worker"));
  await save("report", await led("report --format html"), { width: 1000, height: 900 });
} finally {
  await run(...cli, "local", "down");
}

/**
 * @param {string} name
 * @param {string} html
 * @param {{ width: number; height: number }} [view] - of a page that is opened in a window.
 */
async function save(name, html, view) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [scheme, picture] of Object.entries(await takePictures(html, undefined, view))) {
    writeFileSync(join(FOLDER, `${name}-${scheme}.png`), picture);
    console.log(`docs/pictures/${name}-${scheme}.png: ${(picture.length / 1000).toFixed(0)} kB`);
  }
}

/**
 * A clone of this commit that shares what is installed here.
 *
 * @param {string} folder
 */
function cloneInto(folder) {
  execFileSync("git", ["clone", "--quiet", ROOT, folder]);
  // A link is not a folder to .gitignore.
  writeFileSync(join(folder, ".git", "info", "exclude"), "node_modules\n");
  for (const workspace of [
    ".",
    ...readdirSync(ROOT).filter((name) => existsSync(join(folder, name, "package.json"))),
  ]) {
    const installed = join(ROOT, workspace, "node_modules");
    if (existsSync(installed)) symlinkSync(installed, join(folder, workspace, "node_modules"));
  }
}

/**
 * Runs a program in the clone, and gives what it wrote.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string>}
 */
function run(program, ...args) {
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: clone,
      env: { ...env, TERM: "xterm-256color" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${program} ${args.join(" ")} ended with ${code}\n${output}${errors}`)),
    );
  });
}

/**
 * @param {string} text
 * @param {string} from
 * @param {string} to
 */
function replaced(text, from, to) {
  if (!text.includes(from))
    throw new Error(
      `overlays/dev/environment.ts has no ${from}\n  change CHANGES of tools/pictures/main.mjs`,
    );
  return text.replace(from, to);
}

function hasEmoji() {
  try {
    return execFileSync("fc-list", [":charset=1f4dd"], { encoding: "utf8" }).trim() !== "";
  } catch {
    return process.platform === "darwin";
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/**
 * @param {string} problem
 * @param {string} instead
 */
function fail(problem, instead) {
  console.error(`Error: ${problem}\n  ${instead}`);
  process.exit(1);
}
