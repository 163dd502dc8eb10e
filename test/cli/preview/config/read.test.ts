import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseConfig, readConfigFile } from "../../../../cli/preview/config/read";
import { resolveConfig } from "../../../../cli/preview/config/resolve";
import { temporaryFolder } from "../../../temporary-folder";

/** The seed's file. */
const SEED = `
template: api-service          # api-service | api-database | scheduled-worker
container_port: 3000           # Port the container listens on
ttl: 7d                        # Auto-extended on every push
cpu: 256                       # Fargate CPU units
memory: 512                    # Fargate memory in MiB
log_retention_days: 3          # CloudWatch log retention

# Docker build config (auto-detected)
dockerfile: Dockerfile
build_context: .

# Environment variables
environment:
  NODE_ENV: preview
  LOG_LEVEL: debug
  REPLICAS: 2

# Secrets (AWS Secrets Manager ARN references)
secrets:
  API_KEY: "arn:aws:secretsmanager:us-east-1:123456789012:secret:api:KEY::"
`;

const faults = (text: string): readonly string[] => {
  const parsed = parseConfig(text);
  return "faults" in parsed
    ? parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};

test("reads every key of the seed", () => {
  const parsed = parseConfig(SEED);
  expect(parsed).toMatchObject({
    config: { template: "api-service", container_port: 3000, environment: { REPLICAS: 2 } },
  });
  expect(resolveConfig("config" in parsed ? parsed.config : {}).environment).toEqual({
    NODE_ENV: "preview",
    LOG_LEVEL: "debug",
    REPLICAS: "2",
  });
});

test("reads what previews have beyond it", () => {
  const text = `
template: scheduled-worker
schedule: { expression: "cron(0 6 ? * MON-FRI *)", timezone: Europe/Paris }
sleep: { idle: 60m, hours: 08:00-19:00, timezone: Europe/Paris }
database: shared
migrate: [npm, run, migrate]
command: [node, worker.js]
spot: true
desired_count: 2
health_check_path: /health
network: own
image: nginx:1.29
`;
  expect(faults(text)).toEqual([]);
});

test("an absent file, an empty one and one of comments alone have the defaults of the seed", () => {
  const defaults = resolveConfig({});
  expect(defaults).toMatchObject({
    template: "api-service",
    image: "nginx:alpine",
    container_port: 80,
    ttl: "7d",
    cpu: 256,
    memory: 512,
    database: "none",
  });
  for (const text of ["", "\n", "# nothing\n", "---\n"]) expect(parseConfig(text)).toEqual({ config: {} });
  expect(readConfigFile(temporaryFolder("config"))).toEqual({});
});

test("a template says what else is its default", () => {
  expect(resolveConfig({ template: "api-database" }).database).toBe("shared");
  expect(resolveConfig({}, "api-database").template).toBe("api-database");
  expect(resolveConfig({ template: "scheduled-worker" }).schedule).toEqual({
    expression: "rate(1 hour)",
    timezone: "UTC",
  });
  expect(resolveConfig({ cpu: 1024 }).memory).toBe(2048);
});

test("every fault is said at once, with its line and column, and what to write", () => {
  expect(
    faults(`template: api-service
container_port: "3000"
tll: 7d
cpu: 300
environment:
  LOG-LEVEL: debug
  OK: [1]
secrets:
  KEY: hunter2
schedule:
  timezone: UTC
  expresion: rate(1 hour)
`),
  ).toEqual([
    '2:17 container_port is "3000": port on which the container listens, 1 to 65535; write e.g. container_port: 3000',
    '3:1 there is no key "tll": did you mean ttl?',
    "4:6 cpu is 300: CPU units of a task, of which 1024 are one vCPU; write e.g. cpu: 256",
    '6:3 "LOG-LEVEL" is no name of a variable of environment: use letters, digits and underscores, e.g. LOG_LEVEL',
    expect.stringMatching(/^7:7 environment\.OK is \[1\]: variables of the container/),
    expect.stringMatching(/^9:8 secrets\.KEY is "hunter2": ARN of a secret/),
    "11:3 schedule has no expression: write e.g. expression: rate(1 hour)",
    '12:3 there is no key "expresion" of schedule: did you mean expression?',
  ]);
});

test.each([
  [
    "cpu: 256\nmemory: 4096\n",
    "2:9 memory is 4096: Fargate has 512, 1024, 2048 MiB with 256 CPU units; write e.g. memory: 2048",
  ],
  [
    "cpu: 1024\nmemory: 512\n",
    "2:9 memory is 512: Fargate has 2048 to 8192 MiB with 1024 CPU units; write e.g. memory: 2048",
  ],
  ["ttl: 5m\n", '1:6 ttl is "5m": it lives 15m at least and 90d at most; write e.g. ttl: 7d'],
  ["ttl: 91d\n", '1:6 ttl is "91d": it lives 15m at least and 90d at most; write e.g. ttl: 7d'],
  ["hello\n", "1:1 the file has no keys: write e.g. template: api-service"],
  ["- a\n", "1:1 the file has no keys: write e.g. template: api-service"],
  ["template: a\ntemplate: b\n", "2:1 Map keys must be unique"],
  ["a: &x 1\nb: *x\n", "1:7 anchors are not taken: remove &x"],
  ["template: !!js/function 'x'\n", "1:11 Unresolved tag: tag:yaml.org,2002:js/function"],
  ["template: !!str api-service\n", "1:17 tags are not taken: write the value alone"],
  ["ttl: 7d\n---\nttl: 1d\n", expect.stringMatching(/^\d:\d the file has a second document/)],
  ["dockerfile: ../../etc/passwd\n", expect.stringMatching(/^1:13 dockerfile is "\.\.\/\.\.\/etc\/passwd"/)],
  ["template: ../x\n", expect.stringMatching(/^1:11 template is "\.\.\/x"/)],
  ["ttl: [\n", expect.stringMatching(/^\d:\d Flow sequence/)],
])("refuses %j", (text, fault) => {
  expect(faults(text)[0]).toEqual(fault);
});

test("aliases that would grow without end are refused before they are followed", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefghi"
      .split("")
      .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcdefgh"[index]}`)}]`),
  ];
  expect(faults(bomb.join("\n"))[0]).toMatch(/anchors are not taken/);
});

test("first data needs a database, is of one kind, and reaches its source", () => {
  expect(faults("database: shared\nseed: db/seed.sql\n")).toEqual([]);
  expect(faults("template: api-database\ncopy: staging\n")).toEqual([]);
  expect(faults("seed: db/seed.sql\n")).toEqual(["1:1 seed needs a database; write e.g. database: shared"]);
  expect(faults("database: shared\nnetwork: own\nseed: a.sql\ncopy: staging\n")).toEqual([
    expect.stringContaining("4:1 seed and copy both fill the database"),
    expect.stringContaining("4:1 copy reaches its source from the shared network alone"),
  ]);
  expect(faults("database: shared\nseed: ../other/seed.sql\n")).toEqual([
    expect.stringContaining('seed is "../other/seed.sql"'),
  ]);
});

test("a file that is too large, deep, no text, or elsewhere is refused", () => {
  const root = temporaryFolder("config");
  mkdirSync(join(root, ".idp"));
  const file = join(root, ".idp", "config.yml");
  const write = (content: string | Buffer) => writeFileSync(file, content);
  write(`a: ${"x".repeat(70_000)}`);
  expect(() => readConfigFile(root)).toThrow(/has 7\d{4} bytes, and 65536 at most/);
  write(Buffer.from([0x61, 0xff, 0xfe]));
  expect(() => readConfigFile(root)).toThrow(/not UTF-8/);
  write(`ttl: ${"[".repeat(200)}${"]".repeat(200)}\n`);
  expect(() => readConfigFile(root)).toThrow(
    /\.idp\/config\.yml:1:\d+: it is nested more than 10 levels deep/,
  );
  rmSync(file);
  symlinkSync("/etc/hostname", file);
  expect(() => readConfigFile(root)).toThrow(/a link leads out of/);
});

test("whatever is in a file, it is a configuration or faults with places in it", () => {
  const key = fc.constantFrom(
    "template",
    "ttl",
    "cpu",
    "environment",
    "secrets",
    "schedule",
    "__proto__",
    "constructor",
    "x",
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.string(),
    fc.constantFrom("*a", "&a b", "!!binary x", "<<: 1", "${{ x }}"),
  );
  const structured = fc
    .array(fc.tuple(key, value), { maxLength: 6 })
    .map((pairs) =>
      pairs
        .map(([name, one]) => `${name}: ${typeof one === "string" ? one : JSON.stringify(one)}`)
        .join("\n"),
    );
  fc.assert(
    fc.property(
      fc.oneof(structured, fc.string({ unit: "binary", maxLength: 200 }), fc.string({ maxLength: 200 })),
      (text) => {
        const parsed = parseConfig(text);
        if ("config" in parsed) {
          expect(Object.getPrototypeOf(parsed.config)).toBe(Object.prototype);
          return;
        }
        const lines = text.split(/\r\n|\n|\r/).length;
        expect(parsed.faults.length).toBeGreaterThan(0);
        for (const { line, column, message } of parsed.faults) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines + 1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toBe("");
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
