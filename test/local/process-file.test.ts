import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { alone } from "../../local/claim";
import {
  end,
  isRunning,
  markOf,
  readProcessFile,
  removeProcessFile,
  writeProcessFile,
} from "../../local/process-file";
import { runProgram } from "../program";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundplan-process-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
    alone(folder, undefined, async () => {
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
    const { alone } = require("./local/dist/claim");
    alone(process.argv[1], undefined, async () => {
      appendFileSync(process.argv[2], "begin\\n");
      await new Promise((resolve) => setTimeout(resolve, 20));
      appendFileSync(process.argv[2], "end\\n");
    });`;
  const said = join(folder, "..", `${basename(folder)}-said`);
  try {
    const root = join(__dirname, "..", "..");
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
  await expect(alone(folder, undefined, async () => "done")).resolves.toBe("done");

  writeFileSync(join(folder, "starting"), JSON.stringify(mine()));
  await expect(alone(folder, AbortSignal.timeout(300), async () => "done")).rejects.toThrow();
});
