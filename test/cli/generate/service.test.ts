import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { serviceNamed } from "../../../cli/artifact/service";
import { Draft } from "../../../cli/generate/draft";
import { LANGUAGES, newService, type ServiceOptions, TEMPLATES } from "../../../cli/generate/service";
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

/** The files of a service in each language, beside those of its template. */
const CODE: Readonly<Record<string, readonly string[]>> = {
  ts: ["package.json", "src/index.ts", "tsconfig.json"],
  python: ["groundplan.json", "requirements.in", "requirements.txt", "src/main.py", "tests/test_main.py"],
  go: ["go.mod", "go.sum", "groundplan.json", "main.go", "main_test.go"],
};

/** What the stack of each template makes. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  http: ["new HttpApi("],
  queue: ["new Queue(", "new QueueSource(", "beforeTraffic:", "-dead-letters"],
  schedule: ["new FunctionSchedule(", 'timezone: "UTC"', "beforeTraffic:", "-dead-letters"],
};

/** The command of the workflow that runs the tests. */
const TESTED: Readonly<Record<string, string>> = {
  ts: "run: npx jest test/services/orders\n",
  python: "python3 -m unittest discover services/orders/tests\n",
  go: "run: go -C services/orders test ./...\n",
};

const WITH_TESTS = changed(
  ".github/workflows/api.yml",
  "    steps:\n",
  "    steps:\n      - run: npx jest test/services/api\n",
);

describe.each(TEMPLATES)("--template %s", (template) => {
  test.each(LANGUAGES)("--language %s writes what a team needs", (language) => {
    const root = makePlatform(WITH_TESTS);
    const { files } = generated(root, "orders", { template, language });
    const at = (path: string) => `services/orders/${path}`;
    expect(Object.keys(files)).toEqual(expect.arrayContaining((CODE[language] ?? []).map(at)));
    expect("test/services/orders/handler.test.ts" in files).toBe(language === "ts");
    const stack = files["stacks/orders.ts"] ?? "";
    for (const text of MADE[template] ?? []) expect(stack).toContain(text);
    expect(files["stacks/index.ts"]).toContain("new OrdersStack(app");
    expect(files[".github/workflows/orders.yml"]).toContain(TESTED[language]);
    expect(files["docs/ci.md"]).toContain("`orders.yml`");
    for (const text of Object.values(files)) expect(text).not.toMatch(/\{\{\w+\}\}/);
    rmSync(join(root, "services/api"), { recursive: true });
    // The build reads the same runtime and handler as its stack has: the construct's defaults are those of Node.
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { settings } = serviceNamed({ root, app: "", output: "" }, "orders");
    const [, runtime = "nodejs22.x"] = /runtime: "(.*)"/.exec(stack) ?? [];
    const [, handler = "index.handler"] = /handler: "(.*)"/.exec(stack) ?? [];
    expect({ runtime, handler }).toEqual({ runtime: settings.runtime, handler: settings.handler });
    expect(settings.language).toBe(language === "ts" ? "node" : language);
  });
});

test("keeps the compiler of TypeScript from a folder that has no tsconfig.json", () => {
  const scripts = '{ "scripts": { "build": "node x/tsc -b . cli local services/*", "a": "ls services/*" } }';
  const root = makePlatform({ "package.json": scripts });
  expect(generated(root, "orders").files["package.json"]).toBeUndefined();
  expect(generated(root, "orders", { language: "go" }).files["package.json"]).toBe(
    '{ "scripts": { "build": "node x/tsc -b . cli local services/*/tsconfig.json", "a": "ls services/*" } }',
  );
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
  [
    {},
    "orders",
    { template: "cron" },
    /^invalid --template "cron": use one of http, queue, schedule\n {2}e\.g\. --template http$/,
  ],
  [
    {},
    "orders",
    { language: "java" },
    /^invalid --language "java": use one of ts, python, go\n {2}e\.g\. --language ts$/,
  ],
  [{}, "api", { template: "queue", language: "go" }, /^there is a service "api" already/],
  [
    { "services/orders/go.mod": "" },
    "orders",
    { language: "go" },
    /^there is a service "orders" already\n {2}at services\/orders/,
  ],
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
