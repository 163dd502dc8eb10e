import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { commandPages } from "../../../tools/derive/reference/commands";
import { constructPages } from "../../../tools/derive/reference/constructs";
import { defaultOf, summary, table } from "../../../tools/derive/reference/markdown";
import { overlayPage } from "../../../tools/derive/reference/overlays";
import { previewConfigSchema, settingsSchema } from "../../../tools/derive/reference/settings";
import { build } from "../../cli/groundplan";
import { defineEnvironment } from "../../platform";
import { temporaryFolder } from "../../temporary-folder";

const ROOT = join(__dirname, "..", "..", "..");

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("reference");
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe("the page of a folder of constructs", () => {
  const queue = `import { Construct } from "constructs";
import type { Named } from "../core/named";

/** Properties of {@link Queue}. */
export interface QueueProps extends Omit<Named, "label"> {
  /**
   * Seconds for which a message is hidden.
   *
   * Longer than the slowest reader takes.
   *
   * @default 30
   */
  readonly hidden?: number;

  /** Who may read | write, as \`<account>\` or <role>. */
  readonly access: readonly ("read" | "write")[];
}

abstract class Base extends Construct {
  /** ARN. */
  readonly arn: string = "";
}

/** A queue. */
export class Queue extends Base {
  private readonly secret = 1;

  /** Its length. */
  get length(): number { return this.secret; }

  constructor(scope: Construct, id: string, props: QueueProps) { super(scope, id); }

  /** Lets a role send. @param grantee - the role. */
  grantSend(grantee: string): void {}

  private check(): void {}
}
`;

  beforeEach(() =>
    write({
      "core/index.ts": 'export * from "./named";\n',
      "core/named.ts":
        "/** What has a name. */\nexport interface Named {\n  /** Name. */\n  readonly name: string;\n\n  /** Label. */\n  readonly label: string;\n}\n",
      "queue/index.ts": 'export { Queue, type QueueProps } from "./queue";\n',
      "queue/queue.ts": queue,
      "queue/hidden.ts": "/** Not exported by the index. */\nexport interface Hidden {}\n",
    }),
  );

  test("has every property with its type, its default and its docstring, and what instances have", () => {
    expect(
      constructPages(folder).get("queue.md"),
    ).toBe(`<!-- Made by \`npm run derive\`. Change the source, not this page. -->

# \`@groundplan/modules/queue\`

[All folders](README.md)

## Queue

A queue.

\`\`\`ts
import { Queue } from "@groundplan/modules/queue";

new Queue(scope, id, props);
\`\`\`

| property | type | default | what it is |
| --- | --- | --- | --- |
| \`name\` | \`string\` | required | Name. |
| \`hidden\` | \`number\` | \`30\` | Seconds for which a message is hidden. |
| \`access\` | \`("read" \\| "write")[]\` | required | Who may read \\| write, as \`<account>\` or &lt;role>. |

| attribute | type | what it is |
| --- | --- | --- |
| \`length\` | \`number\` | Its length. |
| \`arn\` | \`string\` | ARN. |

| method | what it does |
| --- | --- |
| \`grantSend(grantee)\` | Lets a role send. |
`);
  });

  test("planted fault: a property with another default makes another page", () => {
    const before = constructPages(folder).get("queue.md");
    write({ "queue/queue.ts": queue.replace("@default 30", "@default 60") });
    expect(constructPages(folder).get("queue.md")).not.toBe(before);
  });
});

/** Rows with a cell of which the docstring or the type was not read. */
const emptyCells = (text: string) => text.match(/^\|.*\| {1,2}\|.*$/gm) ?? [];

test("every construct of the modules that an index exports has a page, and none is empty", () => {
  const pages = [...constructPages(join(ROOT, "modules")).values()].join("\n");
  for (const name of ["Vpc", "Cluster", "PodIdentityRole", "StateBackend", "HttpApi", "ArgoCd", "Registry"]) {
    expect(pages).toContain(`\n## ${name}\n`);
  }
  expect(emptyCells(pages)).toEqual([]);
});

test("planted fault: a property without a docstring leaves a cell empty", () => {
  write({
    "queue/index.ts":
      'import { Construct } from "constructs";\n/** A queue. */\nexport class Queue extends Construct {\n  readonly url: string = "";\n}\n',
  });
  expect(emptyCells(constructPages(folder).get("queue.md") ?? "")).toEqual(["| `url` | `string` |  |"]);
});

describe("the pages of commands", () => {
  let pages: ReadonlyMap<string, string>;

  beforeAll(() => {
    build();
    pages = commandPages(join(ROOT, "cli"));
  });

  test("have every option of a command, of the subcommands too, with its default", () => {
    expect(pages.get("plan.md")).toContain(
      '| `--lock-timeout <duration>` | how long to wait for a locked state, e.g. 30s | `"120s"` |',
    );
    expect(pages.get("local.md")).toContain("## `groundplan local cluster up`");
    expect(pages.get("README.md")).toContain("| [`groundplan plan`](plan.md) |");
  });

  test("say nothing that depends on the machine", () => {
    const text = [...pages.values()].join("\n");
    expect(text).not.toContain(ROOT);
    expect(pages.get("plan.md")).toMatch(
      /--concurrency <number>` \| stacks at the same time \| the number of processors/,
    );
  });

  /** Arguments and options that say nothing of themselves. */
  const unexplained = (text: string) => text.match(/^\| `[^|]*` \| {2}\|/gm) ?? [];

  test("say what every argument and every option is", () => {
    expect(unexplained([...pages.values()].join("\n"))).toEqual([]);
  });

  test("planted fault: an argument without a description is found", () => {
    expect(unexplained(`${pages.get("state.md")}\n| \`stack\` |  |\n`)).toEqual(["| `stack` |  |"]);
  });

  test("a command line that is not built is told so", () => {
    expect(() => commandPages(folder)).toThrow("the command line is not built\n  run: npm run build");
  });
});

describe("the page of overlays", () => {
  const dev = defineEnvironment({ name: "dev", account: "123456789012", network: { cidr: "10.9.0.0/16" } });
  const make = (environments = [dev]) =>
    overlayPage(ROOT, join(ROOT, "modules"), environments, { region: "eu-west-1" });

  test("has every key with its type, and each environment's value where it is not the default", () => {
    const text = make([dev, { ...dev, name: "qa", region: "eu-west-1" }]);
    expect(text).toContain('| `region` | `string` | `"eu-west-1"` | AWS Region, e.g. `us-east-1`. |');
    expect(text).toMatch(/\| `network\.nat` \| `NatStrategy` \| required \| NAT gateways: .* \|\n/);
    expect(text).toContain('| `region` | `"eu-west-1"` | `"us-east-1"` |  |\n');
    expect(text).toContain("| `cluster.nodeGroups.<name>.min` | `number` | required |");
    expect(text).toContain('| `addons.nodeAutoscaler` | `"cluster-autoscaler" \\| "karpenter" \\| "none"` |');
  });

  test("has every value of an environment", () => {
    const text = make();
    const leaf = (value: object, before = ""): readonly string[] =>
      Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === "object" && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0
          ? leaf(inner, `${before}${key}.`)
          : [`${before}${key}`],
      );
    const values = text.split("\n").filter((line) => line.startsWith("| `"));
    expect(leaf(dev).filter((path) => !values.some((line) => line.startsWith(`| \`${path}\` |`)))).toEqual(
      [],
    );
  });
});

describe("Markdown", () => {
  test.each([
    ["@default 30", "`30`"],
    ['@default "single", or "none" without subnets', '"single", or "none" without subnets'],
    ["@default [] - closed", "`[]`: closed"],
    ["@default - those of {@link X}\n@see y", "those of `X`"],
    ["no default", undefined],
  ])("the default of %j is %j", (doc, expected) => {
    expect(defaultOf(doc)).toBe(expected);
  });

  test("a summary is the first paragraph, without tags and HTML", () => {
    expect(summary("Id of a <b>,\n{@link Vpc}.\n\nMore. @see x")).toBe("Id of a &lt;b>, `Vpc`.");
  });

  test("a table without rows is none", () => {
    expect(table(["a"], [])).toBe("");
  });
});

test("the schema of the settings describes cdktf.json, and refuses an unknown setting", () => {
  build();
  const check = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(settingsSchema(join(ROOT, "cli"))));
  expect(check({ app: "node main.js", groundplan: { mask: ["password"] } })).toBe(true);
  expect(check({ app: "node main.js" })).toBe(true);
  expect(check({ app: "node main.js", groundplan: { masks: ["password"] } })).toBe(false);
});

test("the schema of .idp/config.yml takes what the command line takes, and refuses an unknown key", () => {
  const schema = JSON.parse(previewConfigSchema(join(ROOT, "cli"))) as object;
  const check = new Ajv({ allowUnionTypes: true }).compile(schema);
  expect(check({ template: "api-service", container_port: 3000, cpu: 256 })).toBe(true);
  expect(check({ template: "api-service", containerPort: 3000 })).toBe(false);
  expect(check({ cpu: 300 })).toBe(false);
});
