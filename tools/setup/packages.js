const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * The first package whose installed version is not the one of the lockfile.
 *
 * npm writes `node_modules/.package-lock.json` as the last step of an install: so an install that was
 * interrupted counts as none.
 *
 * @param {string} root - folder of package-lock.json.
 * @returns {string | undefined} Why an install is needed; undefined when all is there.
 */
function missingPackage(root) {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!installed) return "node_modules is missing or incomplete";
  const locked = packagesOf(join(root, "package-lock.json"));
  if (!locked)
    throw new Error(`no package-lock.json in ${root}\n  restore it: git checkout package-lock.json`);
  for (const [path, { version, optional, link }] of Object.entries(locked)) {
    if (!path.includes("node_modules/")) continue;
    const there = installed[path];
    // Packages of other platforms are in the lockfile only.
    if (!there && optional) continue;
    if (there?.version !== version && !link)
      return `${path.replace(/^node_modules\//, "")} is not ${version}`;
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string; optional?: boolean; link?: boolean }> | undefined}
 */
function packagesOf(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

module.exports = { missingPackage };
