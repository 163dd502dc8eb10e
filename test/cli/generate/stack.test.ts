import { Draft } from "../../../cli/generate/draft";
import { newStack } from "../../../cli/generate/stack";
import { changed, makePlatform } from "./fixture";

function generated(root: string, name: string) {
  const draft = new Draft(root);
  newStack(draft, name);
  return Object.fromEntries(draft.changes.map(({ path, after }) => [path, after]));
}

test("writes a stack, its contract, its test, and its registration below the last statement", () => {
  const files = generated(makePlatform(), "audit");
  expect(Object.keys(files).sort()).toEqual([
    "stacks/audit.ts",
    "stacks/contracts/audit.ts",
    "stacks/index.ts",
    "test/stacks/audit.test.ts",
  ]);
  expect(files["stacks/index.ts"]).toContain(
    "promotedFrom: environments[index - 1] })\n    new AuditStack(app, { platform, environment });\n    // The last one.\n  }",
  );
});

test("planted fault: a registration of another form is told, with the line to write by hand", () => {
  const root = makePlatform(
    changed("stacks/index.ts", "new NetworkStack(app, { platform, environment })", "network()"),
  );
  expect(() => generated(root, "audit")).toThrow(
    /^stacks\/index\.ts has no stack of each environment[\s\S]*import \{ AuditStack \} from "\.\/audit";\n {4}new AuditStack\(app, \{ platform, environment \}\);$/,
  );
});

test("refuses a name that is taken", () => {
  expect(() => generated(makePlatform(), "api")).toThrow(/^there is a stack "api" already/);
});
