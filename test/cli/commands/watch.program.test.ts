import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN, build } from "../groundplan";
import { type SmallApp, smallApp } from "../small-app";

let app: SmallApp;
let watch: ChildProcess | undefined;
beforeAll(() => {
  build();
  // No path of this checkout, which the base has not.
  const backend = { s3: { bucket: "states", key: "state", region: "us-east-1" } };
  app = smallApp({
    "dev-network": { backend, json: { output: { range: { value: "one" } } } },
    "dev-api": { backend },
  });
  writeFileSync(join(app.folder, ".gitignore"), "cdktf.out/\n.groundplan/\n*.log\n");
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e", ...args], { cwd: app.folder });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message=one");
});
afterAll(() => {
  watch?.kill("SIGKILL");
  app.remove();
});

/** Everything that was printed until a text stood in it so many times. */
function printed(child: ChildProcess): (text: string, times: number) => Promise<string> {
  let all = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    all += chunk.toString();
  });
  return async (text, times) => {
    while (all.split(text).length <= times && child.exitCode === null) {
      await Promise.race([
        once(child.stdout as NonNullable<typeof child.stdout>, "data"),
        once(child, "exit"),
      ]);
    }
    return all;
  };
}

test("each save says what it touches; Ctrl-C ends it, and leaves nothing", async () => {
  watch = spawn(process.execPath, [BIN, "watch"], { cwd: app.folder, stdio: ["ignore", "pipe", "pipe"] });
  const until = printed(watch);
  expect(await until("watching; Ctrl-C ends it", 1)).toContain("Nothing is affected: 2 stacks are the same.");

  // What git ignores touches nothing; the synth itself writes such files.
  writeFileSync(join(app.folder, "some.log"), "ignored");
  const stack = join(app.folder, "app.out", "stacks", "dev-network", "cdk.tf.json");
  writeFileSync(stack, readFileSync(stack, "utf8").replace('"one"', '"two"'));
  const all = await until("watching; Ctrl-C ends it", 2);

  expect(all).toMatch(/\n\d\d:\d\d:\d\d app\.out\/stacks\/dev-network\/cdk\.tf\.json changed\n/);
  expect(all).toContain("~ dev-network changed\n    output.range: value\nnot affected: dev-api\n");
  expect(all).not.toContain("some.log");

  watch.kill("SIGINT");
  const [code] = (await once(watch, "exit")) as [number];
  expect(code).toBe(130);
  const left = readdirSync(join(app.folder, ".groundplan")).filter((name) => name.startsWith("work"));
  expect(left).toEqual([]);
  expect(
    execFileSync("git", ["worktree", "list"], { cwd: app.folder, encoding: "utf8" }).trim().split("\n"),
  ).toHaveLength(1);
});
