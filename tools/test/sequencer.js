const { relative } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");
/** @type {Record<string, number>} */
const DURATIONS = require("./durations.json");

/**
 * Seconds that a suite took when `node tools/test.mjs --record` ran last; 0 for one that is short or new.
 *
 * @param {{ path: string; context: { config: { rootDir: string } } }} test
 */
function duration({ path, context }) {
  return DURATIONS[relative(context.config.rootDir, path).split("\\").join("/")] ?? 0;
}

/**
 * Runs long suites first, the others as jest orders them. In a fresh clone jest knows no durations and goes by the size of
 * files; a long suite that comes last runs alone while the other workers have nothing left.
 */
module.exports = class LongestFirst extends Sequencer {
  /**
   * @override
   * @param {Parameters<Sequencer["sort"]>[0]} tests
   */
  async sort(tests) {
    const ordered = await super.sort(tests);
    return ordered.sort((one, other) => duration(other) - duration(one));
  }
};
