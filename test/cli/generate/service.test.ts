import { Draft } from "../../../cli/generate/draft";
import { newService, type ServiceOptions } from "../../../cli/generate/service";
import { changed, makePlatform } from "./fixture";

function generated(root: string, name: string, options: ServiceOptions = {}) {
  const draft = new Draft(root);
  const said = newService(draft, name, options);
  return { ...said, files: Object.fromEntries(draft.changes.map(({ path, after }) => [path, after])) };
}

test("writes code, stack, tests, workflow and the line of the docs", () => {
  const { files } = generated(makePlatform(), "order-intake");
  expect(Object.keys(files).sort()).toEqual([
    ".github/workflows/order-intake.yml",
    "docs/ci.md",
    "services/order-intake/package.json",
    "services/order-intake/src/index.ts",
    "services/order-intake/src/routes.ts",
    "services/order-intake/tsconfig.json",
    "stacks/index.ts",
    "stacks/order-intake.ts",
    "test/services/order-intake/handler.test.ts",
    "test/stacks/order-intake.test.ts",
  ]);
  expect(files["stacks/index.ts"]).toContain(`    new OrderIntakeStack(app, { platform,
      environment, promotedFrom: environments[index - 1] });`);
  expect(files["stacks/index.ts"]).toContain('import { OrderIntakeStack } from "./order-intake";');
  expect(files["stacks/order-intake.ts"]).toContain(
    "export class OrderIntakeStack extends EnvironmentStack {",
  );
  expect(files[".github/workflows/order-intake.yml"]).toContain("artifact build order-intake --json");
  expect(files[".github/workflows/order-intake.yml"]).toContain("dev: { concurrency: order-intake-dev }");
  expect(files["docs/ci.md"]).toContain(
    "| `api.yml` | builds the service |\n| `order-intake.yml` | builds the service |\n",
  );
  for (const text of Object.values(files)) expect(text).not.toContain("{{");
});

test.each<[Readonly<Record<string, string | undefined>>, string, ServiceOptions, RegExp]>([
  [{}, "api", {}, /^there is a service "api" already\n {2}at services\/api/],
  [{ "stacks/orders.ts": "" }, "orders", {}, /already\n {2}at stacks\/orders\.ts/],
  [
    { "test/stacks/orders.test.ts": "" },
    "orders",
    {},
    /^test\/stacks\/orders\.test\.ts is there already: nothing was written/,
  ],
  [{ ".github/workflows/drift.yml": "" }, "drift", {}, /^\.github\/workflows\/drift\.yml is there already/],
  [{}, "orders", { like: "web" }, /^--like "web": there is no \.github\/workflows\/web\.yml/],
  [{ ".github/workflows/api.yml": undefined }, "orders", {}, /^no service has a workflow/],
  // Another name in it would rename the job as well.
  [
    changed(".github/workflows/api.yml", "  build:", "  api:"),
    "orders",
    {},
    /^\.github\/workflows\/api\.yml cannot be copied/,
  ],
  [{ "overlays/settings/api.ts": undefined }, "orders", {}, /^there is no overlays\/settings\/api\.ts/],
  [
    changed("stacks/index.ts", "promotedFrom", "before"),
    "orders",
    {},
    /^stacks\/index\.ts has no stack of each environment[\s\S]*new OrdersStack\(app, \{ platform, environment, promotedFrom: environments\[index - 1\] \}\);$/,
  ],
  [
    changed("stacks/index.ts", "NetworkStack", "OrdersStack"),
    "orders",
    {},
    /^there is a service "orders" already\n {2}at stacks\/index\.ts/,
  ],
])("planted fault: refuses with %j the service %s %j", (changes, name, options, message) => {
  expect(() => generated(makePlatform(changes), name, options)).toThrow(message);
});
