import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { BootstrapFolder, parseState } from "../../../cli/bootstrap/workspace";
import { notedProcess, withPidFile } from "../../../cli/process/note";
import { findProject, readStacks } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";
import { type StateProject, stateProject } from "../project";

const STATE = {
  version: 4,
  serial: 3,
  lineage: "a",
  outputs: {},
  resources: [
    { mode: "managed", type: "aws_s3_bucket", name: "state", instances: [{}] },
    { mode: "managed", type: "aws_dynamodb_table", name: "locks", instances: [{ status: "tainted" }] },
    { mode: "managed", type: "aws_s3_bucket_policy", name: "state", instances: [] },
    { mode: "data", type: "aws_caller_identity", name: "me", instances: [{}] },
    { module: "module.a", mode: "managed", type: "aws_kms_key", name: "key", instances: [{}] },
  ],
};

describe("a state", () => {
  test("tells what was made, and not what was only begun or read", () => {
    expect(parseState(JSON.stringify(STATE))).toMatchObject({
      addresses: ["aws_s3_bucket.state", "aws_dynamodb_table.locks", "module.a.aws_kms_key.key"],
      tainted: ["aws_dynamodb_table.locks"],
    });
  });

  test("says the same after a move, and something else after a change", () => {
    const content = (state: object) => parseState(JSON.stringify(state))?.content;

    expect(content({ ...STATE, serial: 1, lineage: "b" })).toBe(content(STATE));
    expect(content({ ...STATE, resources: STATE.resources.slice(1) })).not.toBe(content(STATE));
  });

  test.each(["", "\n", "{}"])("%j is none", (text) => {
    expect(parseState(text)).toBeUndefined();
  });
});

describe("the folder of a bootstrap", () => {
  let project: StateProject;
  let folder: BootstrapFolder;
  beforeEach(() => {
    project = stateProject({ bucket: "a-bucket" });
    folder = new BootstrapFolder(project.work);
    const [stack] = readStacks(findProject(project.folder));
    if (stack) folder.prepare(stack);
  });
  afterEach(() => project.remove());

  test("has the stack as it is synthesized, and its provider lock", () => {
    expect(readdirSync(project.work).sort()).toEqual([".terraform.lock.hcl", "cdk.tf.json"]);
  });

  test("puts another backend over the stack's, and takes it away", () => {
    const override = join(project.work, "backend_override.tf.json");

    folder.useBackend({ local: { path: "local.tfstate" } });
    expect(JSON.parse(readFileSync(override, "utf8"))).toEqual({
      terraform: { backend: { local: { path: "local.tfstate" } } },
    });

    folder.useBackend("remote");
    expect(existsSync(override)).toBe(false);
  });

  test("imports what it is told, and forgets it when there is nothing", () => {
    const file = join(project.work, "imports.tf.json");

    folder.importExisting([{ to: "aws_s3_bucket.state", id: "a-bucket" }]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      import: [{ to: "aws_s3_bucket.state", id: "a-bucket" }],
    });

    folder.importExisting([]);
    expect(existsSync(file)).toBe(false);
  });

  test("reads its local state, and sets a broken one aside", () => {
    expect(folder.readLocalState()).toBeUndefined();

    writeFileSync(folder.localState, JSON.stringify(STATE));
    expect(folder.readLocalState()?.addresses).toHaveLength(3);

    writeFileSync(folder.localState, JSON.stringify(STATE).slice(0, 100));
    expect(folder.readLocalState()).toBeUndefined();
    expect(existsSync(`${folder.localState}.broken`)).toBe(true);
  });

  test("waits for no process that it has not noted, and for none that has ended", async () => {
    const waiting = jest.fn();

    for (const note of [
      `${process.pid}\nThu Jan  1 00:00:00 1970\n`,
      `${process.pid}\n`,
      `${2 ** 30}\n0\n`,
      "",
    ]) {
      writeFileSync(folder.note, note);
      await folder.untilFree(waiting);
    }

    expect(waiting).not.toHaveBeenCalled();
  });

  test("waits for the process that it has noted", async () => {
    const child = spawn(...withPidFile(folder.note, "sleep", ["600"]), { stdio: "ignore" });
    while (notedProcess(folder.note) === undefined) await setTimeout(10);
    const waiting = jest.fn(() => void child.kill("SIGKILL"));

    await folder.untilFree(waiting);

    expect(waiting).toHaveBeenCalledWith(child.pid);
  });

  test("is free before it was ever used", async () => {
    const never = temporaryFolder("never");
    rmSync(never, { recursive: true });

    await new BootstrapFolder(never).untilFree(() => undefined);

    expect(existsSync(never)).toBe(false);
  });
});
