import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError, Interrupted } from "../../../cli/console/errors";
import { EXIT } from "../../../cli/console/exit-codes";
import { beginResult } from "../../../cli/plan/beginning";
import type { PlanRun } from "../../../cli/plan/result";

let root: string;
let result: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "groundplan-beginning-"));
  result = join(root, "plan");
  mkdirSync(join(result, "stacks", "dev-a"), { recursive: true });
  writeFileSync(join(result, "summary.json"), "an earlier run's");
  writeFileSync(join(result, "stacks", "dev-a", "plan.json"), "an earlier run's");
});
afterEach(() => rmSync(root, { recursive: true }));

const begin = (work: () => Promise<unknown>) =>
  beginResult(
    {
      project: { root, app: "", output: join(root, "cdktf.out") },
      result,
      scope: { kind: "affected", base: "main" },
    },
    work,
  );

const failing = (error: Error) => begin(() => Promise.reject(error));

test("what an earlier run has left is gone before anything is done", async () => {
  expect(
    await begin(
      async () => existsSync(join(result, "summary.json")) || existsSync(join(result, "stacks", "dev-a")),
    ),
  ).toBe(false);
});

test("a failure is the result, without the secrets of this process", async () => {
  const [name, secret] = ["GROUNDPLAN_TEST_TOKEN", "a-token-that-nobody-sees"];
  process.env[name] = secret;
  try {
    await expect(
      failing(new CliError(EXIT.FAILED, "the synth failed", `with ${secret} inside`)),
    ).rejects.toThrow("the synth failed");
  } finally {
    delete process.env[name];
  }
  const run = JSON.parse(readFileSync(join(result, "summary.json"), "utf8")) as PlanRun;
  expect(run).toMatchObject({
    outcome: "failed",
    failure: { message: "the synth failed\n  with (sensitive value) inside" },
    scope: { kind: "affected", base: "main" },
    stacks: [],
  });
});

test.each([
  ["an interruption", new Interrupted()],
  ["a fault of this program", new TypeError("x is undefined")],
])("%s leaves no result at all", async (_, error) => {
  await expect(failing(error)).rejects.toBe(error);

  expect(existsSync(join(result, "summary.json"))).toBe(false);
});
