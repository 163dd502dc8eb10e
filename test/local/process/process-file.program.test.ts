import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Components } from "../../../local/cluster/processes";
import { alone } from "../../../local/process/claim";
import {
  end,
  isRunning,
  markOf,
  readProcessFile,
  removeProcessFile,
  writeProcessFile,
} from "../../../local/process/process-file";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("process");
});

function mine() {
  const mark = markOf(process.pid);
  if (!mark) throw new Error("this process has no mark");
  return mark;
}

test("a process is known by its id and its start", () => {
  expect(isRunning(mine())).toBe(true);
  expect(isRunning({ ...mine(), began: "0" })).toBe(false);
});

test("planted fault: a stranger with the id of one that has ended is not ended", async () => {
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  try {
    const mark = markOf(stranger.pid ?? 0);
    if (!mark) throw new Error("no mark");
    end({ ...mark, began: "0" }, "SIGKILL");
    expect(isRunning(mark)).toBe(true);
    const ended = new Promise((resolve) => stranger.once("exit", resolve));
    end(mark, "SIGKILL");
    await ended;
    expect(isRunning(mark)).toBe(false);
  } finally {
    stranger.kill("SIGKILL");
  }
});

test("what was written is read; what is damaged is not", () => {
  const content = { port: 4566, daemon: mine(), emulators: [mine()] };
  writeProcessFile(folder, content);
  expect(readProcessFile(folder)).toEqual(content);
  expect(readdirSync(folder)).toEqual(["process.json"]);
  for (const damaged of ["", "{", "null", '{"port":1}', '{"port":"1","daemon":{},"emulators":[]}']) {
    writeFileSync(join(folder, "process.json"), damaged);
    expect(readProcessFile(folder)).toBeUndefined();
  }
  removeProcessFile(folder);
  expect(readProcessFile(folder)).toBeUndefined();
});

test("works done alone take turns, also after one that failed", async () => {
  const order: string[] = [];
  const work = (name: string, fails = false) =>
    alone(folder, {}, async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  await Promise.allSettled([work("a", true), work("b"), work("c")]);
  for (let index = 0; index < order.length; index += 2) {
    expect(order[index + 1]).toBe(order[index]?.replace("begins", "ends"));
  }
  expect(order).toHaveLength(6);
  expect(readdirSync(folder)).toEqual([]);
});

test("of many that find the claim of a process that is gone, each has its turn", async () => {
  writeFileSync(join(folder, "starting"), JSON.stringify({ pid: process.pid, began: "0" }));
  const script = `
    const { appendFileSync } = require("node:fs");
    const { alone } = require("./local/dist/process/claim");
    alone(process.argv[1], {}, async () => {
      appendFileSync(process.argv[2], "begin\\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
      appendFileSync(process.argv[2], "end\\n");
    });`;
  const said = join(folder, "..", `${basename(folder)}-said`);
  try {
    const root = join(__dirname, "..", "..", "..");
    const runs = Array.from({ length: 6 }, () =>
      runProgram(process.execPath, ["-e", script, folder, said], { cwd: root }),
    );
    for (const { code, output } of await Promise.all(runs)) expect([code, output]).toEqual([0, ""]);
    expect(readFileSync(said, "utf8")).toBe("begin\nend\n".repeat(6));
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(said, { force: true });
  }
});

test("the claim of a process that is gone does not count; that of one that runs does", async () => {
  writeFileSync(join(folder, "starting"), JSON.stringify({ pid: process.pid, began: "0" }));
  await expect(alone(folder, {}, async () => "done")).resolves.toBe("done");

  writeFileSync(join(folder, "starting"), JSON.stringify(mine()));
  await expect(alone(folder, { signal: AbortSignal.timeout(300) }, async () => "done")).rejects.toThrow();
});

test.each(["", "{", "null", "{}", '{"pid":1}'])(
  "a claim that names no process (%j) goes stale",
  async (damaged) => {
    const claim = join(folder, "starting");
    writeFileSync(claim, damaged);
    // It may be being written, so it counts at first.
    await expect(alone(folder, { signal: AbortSignal.timeout(300) }, async () => "done")).rejects.toThrow();
    for (const age of [-6, 6]) {
      writeFileSync(claim, damaged);
      const then = new Date(Date.now() + age * 1000);
      utimesSync(claim, then, then);
      await expect(alone(folder, {}, async () => "done")).resolves.toBe("done");
    }
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("whoever waits says for which process", async () => {
  writeFileSync(join(folder, "starting"), JSON.stringify(mine()));
  const lines: string[] = [];
  const onProgress = (line: string) => lines.push(line);
  await expect(
    alone(folder, { signal: AbortSignal.timeout(500), onProgress }, async () => "done"),
  ).rejects.toThrow();
  expect(lines).toEqual([`waiting for process ${process.pid}, which is at work in ${folder}`]);
});

test("a claim that cannot be written, as on a full disk, is removed", async () => {
  const script = `require("./local/dist/process/claim").alone(process.argv[1], {}, async () => console.log("done"));`;
  const root = join(__dirname, "..", "..", "..");
  const run = (limit: string) =>
    runProgram("bash", ["-c", `${limit}; exec "$0" -e "$1" "$2"`, process.execPath, script, folder], {
      cwd: root,
    });
  const full = await run("ulimit -f 0");
  expect([full.code, full.output]).toEqual([1, expect.stringContaining("EFBIG")]);
  expect(readdirSync(folder)).toEqual([]);
  // Planted fault: without the limit the same call does its work.
  expect(await run("true")).toMatchObject({ code: 0, output: "done\n" });
});

test("a list of the cluster's programs that is damaged names none", () => {
  const file = join(folder, "processes.json");
  for (const damaged of ["", "null", "[null]", '[{"pid":1}]', '{"pid":1}']) {
    writeFileSync(file, damaged);
    expect(new Components(folder).list()).toEqual([]);
  }
});
