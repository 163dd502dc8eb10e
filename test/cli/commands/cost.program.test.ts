import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { FORMATS } from "../../../cli/formats/formats";
import { temporaryFolder } from "../../temporary-folder";
import { PriceList } from "../cost/prices/price-list";
import { build, groundplan } from "../groundplan";
import { planned, realPlan, runOf, SECRETS } from "../report/runs";

const NAT = { address: "aws_nat_gateway.one", mode: "managed", type: "aws_nat_gateway", name: "one" };
const PLAN = {
  format_version: "1.2",
  configuration: { provider_config: { aws: { expressions: { region: { constant_value: "us-east-1" } } } } },
  resource_changes: [
    { ...NAT, change: { actions: ["create"], before: null, after: {} } },
    {
      ...NAT,
      address: "aws_quantum_computer.\u001b[31mred",
      type: "aws_quantum_computer",
      change: { actions: ["create"], before: null, after: {} },
    },
  ],
};

let folder: string;
beforeAll(() => {
  build();
  folder = temporaryFolder("cost");
  writeFileSync(join(folder, "dev.json"), JSON.stringify(PLAN));
  writeFileSync(
    join(folder, "usage.yml"),
    "version: 1\nresources:\n  aws_nat_gateway: {data_processed_gb: 100}\n",
  );
  const project = join(folder, "project");
  mkdirSync(join(project, ".groundplan", "plan", "stacks", "dev-api"), { recursive: true });
  const settings = { cost: { usageFile: "usage.yml", threshold: { monthly: 10, above: "fail" } } };
  writeFileSync(
    join(project, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: "true", groundplan: settings }),
  );
  writeFileSync(join(project, "usage.yml"), readFileSync(join(folder, "usage.yml")));
  const result = join(project, ".groundplan", "plan");
  writeFileSync(join(result, "summary.json"), JSON.stringify(runOf([planned("dev-api")])));
  writeFileSync(join(result, "stacks", "dev-api", "plan.json"), JSON.stringify(realPlan("everything")));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cost = (...args: string[]) => groundplan(["cost", ...args], { cwd: folder });

test("prices a plan of any project for people, without credentials", async () => {
  const { code, stdout, stderr } = await cost("--plan", "dev.json", "--resources");

  expect(code).toBe(0);
  expect(stdout).toContain("dev    +$32.85  $32.85 a month after it");
  expect(stdout).toContain("NAT gateway, 730 hours: $32.85");
  expect(stdout).toContain("by use besides: data_processed_gb");
  expect(stdout).toContain("Without a price, and in no sum: 1 aws_quantum_computer");
  expect(stderr).toContain("on-demand prices in US dollars as of 2026-09-10");
  expect(stdout).not.toContain("\u001b");
});

test("--json is what its schema says, and --usage counts", async () => {
  const { code, stdout } = await cost("--plan", "dev.json", "--usage", "usage.yml", "--json");

  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  const check = new Ajv({ allErrors: true }).compile(FORMATS.cost as object);
  expect([check(document), check.errors]).toEqual([true, null]);
  expect(document.after.high).toBeCloseTo(37.35, 9);
  expect(document.unknown).toEqual({ aws_quantum_computer: 1 });
});

test("--markdown is a table", async () => {
  const { stdout } = await cost("--plan", "dev=dev.json", "prod=dev.json", "--markdown");
  expect(stdout).toContain("| `dev` | `+$32.85` | `$32.85` | 1 |");
  expect(stdout).toContain("| **total** | `+$65.70` | `$65.70` | 2 |");
});

test("above the project's threshold it ends with 1, and says so", async () => {
  const project = join(folder, "project");
  const args = ["cost", "--plan", "../dev.json"];
  const over = await groundplan(args, { cwd: project });
  expect(over.code).toBe(1);
  // The project's usage file counts: 100 GB more.
  expect(over.stdout).toContain("+$37.35");
  expect(over.stdout).toContain("Above the threshold of $10.00 more a month");

  const planned = await groundplan(["cost", "--planned"], { cwd: project });
  expect([planned.code, planned.stderr.includes("Error")]).toEqual([0, false]);
  expect(planned.stdout).toContain("dev-api");
  for (const secret of SECRETS) expect(planned.stdout).not.toContain(secret);

  const report = await groundplan(["report", "../dev.json", "--format", "markdown"], { cwd: project });
  expect(report.stdout).toContain("**Price:** `+$37.35/month`");
  expect(report.stdout).toContain("above the threshold of `$10.00`");
});

test.each([
  [["--plan", "dev.json", "--planned"], "--plan and --planned both say what is priced"],
  [["--plan", "nowhere.json"], "nowhere.json"],
  [["--plan", "dev.json", "--usage", "dev.json"], "cannot read the usage file dev.json"],
  [["--plan", "dev.json", "--prices", "dev.json"], "cannot read the table of prices dev.json"],
  [["--plan", "dev.json", "--region", "mars"], "use a Region's name"],
  [["--plan", "dev.json", "prod-*"], "prod-*"],
])("%p is refused", async (args, why) => {
  const { code, stderr } = await cost(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(why);
});

test("refresh writes a table that counts then", async () => {
  const list = new PriceList([
    {
      service: "AmazonEC2",
      attributes: { productFamily: "NAT Gateway", regionCode: "us-east-1", usagetype: "NatGateway-Hours" },
      tiers: [["0", "0.1000000000"]],
    },
  ]);
  const endpoint = await list.start();
  try {
    const env = { AWS_ENDPOINT_URL_PRICING: endpoint, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    const args = ["cost", "refresh", "us-east-1", "--out", "prices.json", "--json"];
    const { code, stdout } = await groundplan(args, { cwd: folder, env });
    expect(code).toBe(0);
    const check = new Ajv({ allErrors: true }).compile(FORMATS["cost-refresh"] as object);
    expect([check(JSON.parse(stdout)), check.errors]).toEqual([true, null]);
  } finally {
    await list.stop();
  }
  const { stdout } = await cost("--plan", "dev.json", "--prices", "prices.json");
  expect(stdout).toContain("+$73.00");
});
