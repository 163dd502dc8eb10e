/**
 * Judges a version of Node against the `engines` of package.json.
 *
 * @param {string} version - e.g. `20.19.0`.
 * @param {string} range - of the form `>=20.19`.
 * @returns {string | undefined} What is wrong and what to do; undefined when it is new enough.
 */
function nodeFault(version, range) {
  const needed = range.replace(">=", "").trim();
  const wanted = needed.split(".").map(Number);
  const have = version.replace(/^v/, "").split(".").map(Number);
  for (let index = 0; index < wanted.length; index += 1) {
    const difference = (have[index] ?? 0) - (wanted[index] ?? 0);
    if (difference > 0) return undefined;
    if (difference < 0) {
      return `Node ${version} is too old\n  Groundplan needs ${needed} or newer: install the current LTS release from https://nodejs.org`;
    }
  }
  return undefined;
}

module.exports = { nodeFault };
