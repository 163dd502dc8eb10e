import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "../groundplan";

const BIN = join(__dirname, "..", "..", "..", "cli", "bin", "groundplan.js");

beforeAll(() => build());

/** Runs the command line with a standard output that nobody reads; gives its exit code and what it says beside. */
async function runUnread(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (part) => {
    stderr += String(part);
  });
  const [code] = await once(child, "close");
  return { code, stderr };
}

test("a run whose reader has gone ends as it would have ended", async () => {
  expect(await runUnread(["--help"])).toEqual({ code: 0, stderr: "" });
});

test("a run that fails says so where somebody still reads", async () => {
  const { code, stderr } = await runUnread(["no-such-command"]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("no-such-command") });
});
