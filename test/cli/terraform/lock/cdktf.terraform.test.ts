import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type StateProject, stateProject } from "../../project";

/**
 * What cdktf decides by the lock in a stack's folder: whether it runs `terraform providers lock`, which
 * needs a registry, and whether it runs `terraform init -upgrade`, which would leave the locked version.
 */
function decisionsOf(folder: string): { lock: boolean; upgrade: boolean } {
  const script = `
    const { CdktfStack } = require("@cdktf/cli-core/src/lib/cdktf-stack");
    const content = require("node:fs").readFileSync(process.argv[1] + "/cdk.tf.json", "utf8");
    const stack = { name: "state", content, workingDirectory: process.argv[1], dependencies: [] };
    const one = new CdktfStack({ stack, onUpdate() {}, abortSignal: new AbortController().signal });
    Promise.all([one.checkNeedsLockfileUpdate(), one.checkNeedsUpgrade()]).then(([lock, upgrade]) =>
      console.log(JSON.stringify({ lock, upgrade })));`;
  const cwd = join(__dirname, "..", "..", "..", "..");
  const answer = execFileSync(process.execPath, ["-e", script, folder], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, TF_CLI_CONFIG_FILE: "", CHECKPOINT_DISABLE: "1" },
  });
  return JSON.parse(answer.trim().split("\n").at(-1) ?? "") as { lock: boolean; upgrade: boolean };
}

let project: StateProject;
let file: string;
beforeEach(() => {
  project = stateProject({ bucket: "a-bucket" });
  file = join(project.stack, ".terraform.lock.hcl");
});
afterEach(() => project.remove());

test("with the committed lock cdktf asks no registry and upgrades nothing", () => {
  expect(decisionsOf(project.stack)).toEqual({ lock: false, upgrade: false });
});

test("without it, or with constraints that are not the stack's, it does", () => {
  const lock = readFileSync(file, "utf8");
  writeFileSync(file, lock.replace(">= 5.100.0, < 7.0.0", "6.25.0"));
  expect(decisionsOf(project.stack)).toMatchObject({ upgrade: true });

  rmSync(file);
  expect(decisionsOf(project.stack)).toMatchObject({ lock: true });
});
