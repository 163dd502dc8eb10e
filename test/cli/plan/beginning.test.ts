import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError, Interrupted } from "../../../cli/console/errors";
import { EXIT } from "../../../cli/console/exit-codes";
import { beginResult } from "../../../cli/plan/beginning";
import { readRun } from "../../../cli/plan/read";
import type { PlanRun } from "../../../cli/plan/result";
import { reportOf } from "../../../cli/report/report";
import { temporaryFolder } from "../../temporary-folder";

let root: string;
let result: string;
beforeEach(() => {
  root = temporaryFolder("beginning");
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

test("an interruption is the result, and says while what", async () => {
  const error = Interrupted.saying("interrupted while synthesizing");
  await expect(failing(error)).rejects.toThrow(
    Interrupted.saying("interrupted while synthesizing: nothing was planned"),
  );

  const run = readRun(join(result, "summary.json"));
  expect(run).toMatchObject({
    outcome: "interrupted",
    failure: { message: "interrupted while synthesizing: nothing was planned" },
    stacks: [],
  });
  expect(reportOf(run, () => undefined).verdict).toEqual({
    kind: "incomplete",
    text: "The run was interrupted",
  });
  expect(readdirSync(result).sort()).toEqual(["stacks", "summary.json"]);
});

test("a fault of this program leaves no result at all", async () => {
  const error = new TypeError("x is undefined");
  await expect(failing(error)).rejects.toBe(error);

  expect(existsSync(join(result, "summary.json"))).toBe(false);
});
