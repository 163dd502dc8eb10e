import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { runProgram } from "../program";

const ROOT = join(__dirname, "..", "..");

/** The step of `ci.yml` that measures how much of the service its tests run. */
function step(): string {
  const { jobs } = parse(readFileSync(join(ROOT, ".github", "workflows", "ci.yml"), "utf8"));
  const found = (jobs.image.steps as readonly { run?: string }[]).find(({ run }) =>
    run?.includes("--coverage"),
  );
  if (found?.run === undefined) throw new Error("no step measures the tests of the service");
  return found.run;
}

const measured = (command: string) => runProgram("bash", ["-c", command], { cwd: ROOT });

test("the service's tests run as much of it as the workflow asks for", async () => {
  const { code, output } = await measured(step());
  expect(output).toMatch(/Lines +: \d+/);
  expect(code).toBe(0);
});

test("planted: without the tests of its server the step fails, for what no test loads counts too", async () => {
  const { code, output } = await measured(`${step()} --testPathIgnorePatterns server`);
  expect(output).toMatch(/Coverage for lines \([\d.]+%\) does not meet "global" threshold \(90%\)/);
  expect(code).toBe(1);
});
