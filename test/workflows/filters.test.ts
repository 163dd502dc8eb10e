import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { platform } from "../../platform";

test("the code of services alone starts no apply; everything else does, also what no pattern has thought of", () => {
  const { on } = parse(readFileSync(join(__dirname, "../../.github/workflows/infrastructure.yml"), "utf8"));
  // That no stack is made of it: test/main.program.test.ts synthesizes without.
  expect(on.pull_request).toEqual({ "paths-ignore": ["services/**"] });
  expect(on.push).toEqual({ branches: [platform.github.defaultBranch], "paths-ignore": ["services/**"] });
});
