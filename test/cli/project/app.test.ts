import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthesizeApp } from "../../../cli/project/app";
import { temporaryFolder } from "../../temporary-folder";

let root: string;
beforeEach(() => {
  root = temporaryFolder("app");
});

/** What is said of an app that fails. */
async function saidOf(script: string, keeper?: string): Promise<string> {
  writeFileSync(join(root, "main.js"), script);
  writeFileSync(join(root, "cdktf.json"), '{"app":"node main.js"}');
  const project = { root, app: `'${process.execPath}' main.js`, output: join(root, "cdktf.out") };
  return synthesizeApp(project, keeper === undefined ? {} : { keeper }).then(
    () => "synthesized",
    (error: Error) => error.message,
  );
}

const LOGS = 'for (let at = 1; at <= 60; at++) console.log("building component " + at);';

test("a synth that fails after much output: the error is shown, and all is kept in a file that is named", async () => {
  const said = await saidOf(`${LOGS}\nthrow new Error("ACCOUNT_ID is not set");`);

  expect(said).toMatch(
    /^the synth failed\n {2}at .*\n {2}whole output: \.groundplan\/synth\.log\n {2}… \d+ lines before\n/,
  );
  expect(said).toContain("Error: ACCOUNT_ID is not set");
  expect(said).not.toContain("building component 1\n");
  const kept = readFileSync(join(root, ".groundplan", "synth.log"), "utf8");
  expect(kept).toContain("building component 1\n");
  expect(kept).toContain("Error: ACCOUNT_ID is not set");
});

test("a short output is shown whole", async () => {
  const said = await saidOf('console.log("first"); console.error("last"); process.exit(1);');

  expect(said).toMatch(/synth\.log\n {2}first\n {2}last$/);
});

test("credentials of this process are in neither", async () => {
  process.env.GROUNDPLAN_TEST_TOKEN = "a-token-that-nobody-sees";
  try {
    const said = await saidOf("console.log(process.env.GROUNDPLAN_TEST_TOKEN); process.exit(1);");
    expect(said).toMatch(/\(sensitive value\)$/);
    expect(readFileSync(join(root, ".groundplan", "synth.log"), "utf8")).toBe("(sensitive value)\n");
  } finally {
    delete process.env.GROUNDPLAN_TEST_TOKEN;
  }
});

test("what the base's app printed is kept where the head is, since its checkout goes", async () => {
  const head = temporaryFolder("head");
  const said = await saidOf('console.log("of the base"); process.exit(1);', head);

  expect(said).toContain("whole output: .groundplan/synth-base.log");
  expect(readFileSync(join(head, ".groundplan", "synth-base.log"), "utf8")).toBe("of the base\n");
});
