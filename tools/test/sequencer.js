const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Suites that take minutes, the longest first. In a fresh clone jest knows no durations and goes by the size of files;
 * one of these that comes last runs alone while the other workers have nothing left.
 */
const LONG = [
  "test/stacks/loop.emulator",
  "test/cli/artifact/flow.emulator",
  "test/workflows/api.emulator",
  "test/readme.emulator",
  "test/cli/bootstrap/bootstrap.emulator",
  "test/cli/apply/apply.emulator",
  "test/cli/bootstrap/interruption.emulator",
  "test/cli/plan/plan.emulator",
  "test/workflows/act.emulator",
  "test/modules/network/vpc.emulator",
  "test/cli/local/demo.emulator",
  "test/stacks/cluster.emulator",
  "test/cli/drift/drift.emulator",
  "test/cli/affected/affected",
  "test/cli/comment/comment",
  "test/cli/main",
  "test/cli/drift/drift",
];

/**
 * Where a suite stands among the long ones.
 *
 * @param {{ path: string }} test
 */
function rank({ path }) {
  const place = LONG.findIndex((name) => path.includes(`/${name}.`));
  return place < 0 ? LONG.length : place;
}

/** Runs long suites first, the others as jest orders them. */
module.exports = class LongestFirst extends Sequencer {
  /**
   * @override
   * @param {Parameters<Sequencer["sort"]>[0]} tests
   */
  async sort(tests) {
    const ordered = await super.sort(tests);
    return ordered.sort((one, other) => rank(one) - rank(other));
  }
};
