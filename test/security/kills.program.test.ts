import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { notedProcess, withPidFile } from "../../cli/process/note";
import { makeOutside } from "../../cli/process/outside";
import { ownName, thisOwner } from "../../cli/process/owner";
import { PrivateFile } from "../../cli/process/private-file";
import { Turn } from "../../cli/process/turn";
import { removeAbandoned, WorkFolder } from "../../cli/process/work-folder";
import { installOutput } from "../../cli/project/output";
import { build } from "../cli/groundplan";
import { temporaryFolder } from "../temporary-folder";

const CLI = join(__dirname, "..", "..", "cli");

let root: string;
beforeEach(() => {
  root = temporaryFolder("kills");
});

const ownPath = (...path: readonly string[]) => join(root, ".groundplan", ...path);

/** Leaves the folder of a run that was killed. */
function leave(name: string, files: Readonly<Record<string, string>> = {}): string {
  mkdirSync(ownPath(name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(ownPath(name, file), text);
  return ownPath(name);
}

/** Runs a script in processes of their own, all at once, with the built command line. */
async function inProcesses(count: number, script: string): Promise<readonly (number | null)[]> {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ["-e", script, CLI, root], { stdio: ["ignore", "ignore", "inherit"] }),
  );
  return Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number | null));
}

describe("what killed runs have left", () => {
  test("is removed by several runs at once, and none of them fails", async () => {
    build();
    for (let at = 0; at < 40; at += 1) {
      const files = Array.from({ length: 20 }, (_, file) => [`f${file}`, "x"]);
      leave(`work-${99999000 + at}-abcdef`, Object.fromEntries([...files, ["a.pid", "99999999"]]));
    }
    const script = `const { WorkFolder } = require(process.argv[1] + "/dist/process/work-folder.js");
      WorkFolder.during({ root: process.argv[2] }, async () => undefined);`;
    expect(await inProcesses(4, script)).toEqual([0, 0, 0, 0]);
    expect(readdirSync(ownPath())).toEqual([]);
  });

  test("may be anything: no command ends for it", async () => {
    leave("work-99999999-aaaaaa");
    writeFileSync(ownPath("work-99999999-bbbbbb"), "a file");
    symlinkSync(join(root, "nowhere"), ownPath("work-99999999-cccccc"));
    mkdirSync(ownPath("work-99999999-aaaaaa", "x.pid"));
    leave("work-99999998-dddddd", { "dev.pid": "", "dev.tfplan": "in clear" });
    writeFileSync(ownPath("work-1-x"), "of no run");
    symlinkSync(join(root, "nowhere"), ownPath("work-of-mine"));
    expect(await WorkFolder.during({ root }, async () => "done")).toBe("done");
    expect(readdirSync(ownPath()).sort()).toEqual(["work-1-x", "work-of-mine"]);
  });

  test("goes although another process has its id by now, and stays while its own lives", () => {
    const own = `${ownName("work")}aaaaaa`;
    const reused = own.replace(/-[0-9a-f]{8}-/, "-00000000-");
    leave(own);
    leave(reused, { "dev.pid": `${process.pid}\nThu Jan  1 00:00:00 1970\n` });
    removeAbandoned({ root });
    expect(readdirSync(ownPath())).toEqual([own]);
  });

  test("stays while a program of it still runs, and goes with that", async () => {
    const folder = leave("work-99999999-aaaaaa");
    const child = spawn(...withPidFile(join(folder, "dev.pid"), "sleep", ["600"]), { stdio: "ignore" });
    while (notedProcess(join(folder, "dev.pid")) === undefined) await setTimeout(10);
    removeAbandoned({ root });
    expect(existsSync(folder)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    removeAbandoned({ root });
    expect(existsSync(folder)).toBe(false);
  });

  test("stays while a program of it still runs in the checkout that it leads to, which may lead back", async () => {
    const [folder, outside] = [leave("work-99999999-aaaaaa"), join(root, "outside")];
    makeOutside(folder, outside, { worktree: join(outside, "base"), project: join(outside, "base") });
    makeOutside(leave("work-99999999-bbbbbb"), join(root, "other"), { worktree: root, project: root });
    const work = join(outside, "base", ".groundplan", "work-99999999-cccccc");
    mkdirSync(work, { recursive: true });
    const child = spawn(...withPidFile(join(work, "app.pid"), "sleep", ["600"]), { stdio: "ignore" });
    while (notedProcess(join(work, "app.pid")) === undefined) await setTimeout(10);
    removeAbandoned({ root });
    expect([existsSync(folder), existsSync(work), existsSync(join(root, "other"))]).toEqual([
      true,
      true,
      false,
    ]);
    child.kill("SIGKILL");
    await once(child, "exit");
    removeAbandoned({ root });
    expect([existsSync(folder), existsSync(outside)]).toEqual([false, false]);
  });

  test("may lie elsewhere, and a link of a hostile checkout leads to nothing that is removed", () => {
    const [outside, precious] = [join(root, "outside"), join(root, "precious")];
    makeOutside(leave("work-99999999-aaaaaa"), outside);
    mkdirSync(precious);
    writeFileSync(join(precious, "file"), "");
    symlinkSync(
      precious,
      join(leave("work-99999999-bbbbbb"), "outside-00000000-0000-4000-8000-000000000000"),
    );
    removeAbandoned({ root });
    expect([existsSync(outside), readdirSync(precious), readdirSync(ownPath())]).toEqual([
      false,
      ["file"],
      [],
    ]);
  });

  test("lies nowhere else: nothing but this in cli/ makes a temporary folder", () => {
    const files = readdirSync(CLI, { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith(".ts") && !/(?:^|\/)(?:dist|node_modules)\//.test(path),
    );
    const makes = (path: string) => /mkdtemp|join\([^)]*tmpdir\(/.test(readFileSync(join(CLI, path), "utf8"));
    expect(files.filter(makes).sort()).toEqual([
      // The base's checkout: its work folder knows it.
      "git/repository.ts",
      // In the work folder, beside what Terraform writes.
      "plan/secret-variables.ts",
      // For what is there without a project: its name has an owner, and the next removes what a killed run has left.
      "process/throw-away.ts",
      // Its unfinished turns have an owner's name, and are removed by the next.
      "process/turn.ts",
      "process/work-folder.ts",
      // A shell removes it with the provider, also when this process is killed.
      "terraform/provider/shared.ts",
    ]);
  });
});

describe("a private file", () => {
  test("has no name, and a program writes it and reads it", async () => {
    const file = PrivateFile.make(root, "plan");
    expect(readdirSync(root)).toEqual([]);
    expect(statSync(`/dev/fd/${file.descriptor}`).mode & 0o777).toBe(0o600);
    const stdio = ["ignore", "ignore", "inherit", file.descriptor] as const;
    const write = spawn("/bin/sh", ["-c", `printf secret >${PrivateFile.INHERITED}`], { stdio: [...stdio] });
    expect((await once(write, "exit"))[0]).toBe(0);
    expect(file.read().toString()).toBe("secret");
    file.close();
    expect(file.read().toString()).toBe("");
  });
});

describe("a turn", () => {
  test("is one process's at a time, however many want it", async () => {
    build();
    const counter = join(root, "counter");
    writeFileSync(counter, "0");
    const script = `const { Turn } = require(process.argv[1] + "/dist/process/turn.js");
      const { readFileSync, writeFileSync } = require("node:fs");
      const file = process.argv[2] + "/counter";
      const once = async () => {
        const count = Number(readFileSync(file, "utf8"));
        await new Promise((done) => setImmediate(done));
        writeFileSync(file, String(count + 1));
      };
      (async () => {
        for (let at = 0; at < 10; at += 1) await Turn.during(process.argv[2], "count", "counts here", once);
      })();`;
    expect(await inProcesses(3, script)).toEqual([0, 0, 0]);
    expect(readFileSync(counter, "utf8")).toBe("30");
    expect(readdirSync(ownPath("turns"))).toHaveLength(1);
  });

  test.each(["a file", "a pipe", "a link"])(
    "%s in place of the folder of turns is kept aside",
    async (what) => {
      mkdirSync(ownPath(), { recursive: true });
      if (what === "a file") writeFileSync(ownPath("turns"), "theirs");
      if (what === "a pipe") execFileSync("mkfifo", [ownPath("turns")]);
      if (what === "a link") symlinkSync("nothing", ownPath("turns"));
      (await Turn.take(root, "synth", "synthesizes here")).release();
      expect(readdirSync(ownPath("turns"))).toEqual(["synth.1"]);
      expect(readdirSync(ownPath()).filter((name) => name.startsWith("turns.aside"))).toHaveLength(1);
    },
  );

  test("a pipe in place of a turn's owner is not waited for", async () => {
    mkdirSync(ownPath("turns", "synth.1"), { recursive: true });
    execFileSync("mkfifo", [ownPath("turns", "synth.1", "owner")]);
    (await Turn.take(root, "synth", "synthesizes here")).release();
    expect(readdirSync(ownPath("turns"))).toEqual(["synth.2"]);
  });

  test("of a process that was killed is over, and so is one of whose id another is by now", async () => {
    const owners = [{ pid: 99999999, began: "1" }, { ...thisOwner(), began: "1" }, "garbage"];
    for (const [at, owner] of owners.entries()) {
      mkdirSync(ownPath("turns", `synth.${at + 1}`), { recursive: true });
      writeFileSync(ownPath("turns", `synth.${at + 1}`, "owner"), JSON.stringify(owner));
      (await Turn.take(root, "synth", "synthesizes here")).release();
    }
  });

  test("that is held is waited for, and said of whom", async () => {
    const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const first = await Turn.take(root, "synth", "synthesizes here");
      const second = Turn.take(root, "synth", "synthesizes here");
      const text = () => said.mock.calls.map(([part]) => String(part)).join("");
      while (!text().trim().endsWith(`${process.pid}`)) await setTimeout(10);
      expect(text()).toContain(`waiting for another run that synthesizes here: process ${process.pid}`);
      first.release();
      (await second).release();
    } finally {
      said.mockRestore();
    }
  });
});

describe("what was synthesized", () => {
  test("is put into the output file by file, and what Terraform keeps there stays", () => {
    const write = (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(root, path, ".."), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    };
    write({
      "out/manifest.json": "old",
      "out/stacks/dev/cdk.tf.json": "the same",
      "out/stacks/dev/.terraform/terraform.tfstate": "Terraform's",
      "out/stacks/dev/assets/code/1/index.js": "old",
      ".out-new/manifest.json": '{ "at": ".out-new/stacks" }',
      ".out-new/stacks/dev/cdk.tf.json": "the same",
      ".out-new/stacks/dev/assets/code/2/index.js": "new",
    });
    const before = statSync(join(root, "out/stacks/dev/cdk.tf.json")).ino;
    installOutput(join(root, ".out-new"), join(root, "out"));
    const files = readdirSync(join(root, "out"), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(files.map(({ parentPath, name }) => join(parentPath, name).slice(root.length)).sort()).toEqual([
      "/out/manifest.json",
      "/out/stacks/dev/.terraform/terraform.tfstate",
      "/out/stacks/dev/assets/code/2/index.js",
      "/out/stacks/dev/cdk.tf.json",
    ]);
    expect(readFileSync(join(root, "out/manifest.json"), "utf8")).toBe('{ "at": "out/stacks" }');
    expect(statSync(join(root, "out/stacks/dev/cdk.tf.json")).ino).toBe(before);
  });
});
