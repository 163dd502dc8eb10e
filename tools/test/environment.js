const { appendFileSync, readFileSync, rmSync } = require("node:fs");
const { relative } = require("node:path");
const { TestEnvironment } = require("jest-environment-node");

// What Node gives a bash to read is a socket, which bash takes for that of a remote shell: one without a shell above it then
// runs ~/.bashrc, which is the user's own, and costs what the user has there. pyenv costs 0.15 s of CPU time each.
process.env.SHLVL = "2";

/**
 * Node's environment, which also writes down what each suite has cost (`costs.mjs` sums that up), and removes the folders
 * that the suite has made by `test/temporary-folder.ts`.
 */
module.exports = class extends TestEnvironment {
  /**
   * @param {import("@jest/environment").JestEnvironmentConfig} config
   * @param {import("@jest/environment").EnvironmentContext} context
   */
  constructor(config, context) {
    super(config, context);
    this.suite = relative(config.projectConfig.rootDir, context.testPath).split("\\").join("/");
    this.begun = Date.now();
    this.cpu = cpuSeconds();
  }

  /** @override */
  async teardown() {
    const { temporaryFolders = [] } = /** @type {{ temporaryFolders?: readonly string[] }} */ (this.global);
    // Jest takes from what is global what it holds.
    const folders = [...temporaryFolders];
    await super.teardown();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    const file = process.env.GROUNDPLAN_TEST_COSTS;
    if (!file) return;
    const cost = {
      suite: this.suite,
      seconds: (Date.now() - this.begun) / 1000,
      cpu: cpuSeconds() - this.cpu,
    };
    appendFileSync(file, `${JSON.stringify(cost)}\n`);
  }
};

/**
 * The CPU time of this process and of the children that it has waited for, in seconds. Node tells no children's, so
 * elsewhere than on Linux it is this process's alone. What runs on by itself, as the emulator does, is nobody's child.
 */
function cpuSeconds() {
  try {
    // See proc_pid_stat(5): after the name come the state and others, and the times in ticks of 10 ms from field 14 on.
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return fields.slice(11, 15).reduce((total, ticks) => total + Number(ticks) / 100, 0);
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
}
