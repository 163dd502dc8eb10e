import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LocalStatus } from "../../local";
import { temporaryFolder } from "../temporary-folder";
import { Configuration } from "./configuration";

const execute = promisify(execFile);
const ACCOUNT = "210987654321";
let stateDirectory: string;

beforeAll(() => {
  stateDirectory = temporaryFolder("restart");
});

afterAll(async () => {
  await call("down");
  rmSync(stateDirectory, { recursive: true, force: true });
});

async function call<T>(operation: string, ...first: readonly string[]): Promise<T> {
  const names = first.map((name) => `${JSON.stringify(name)}, `).join("");
  const given = JSON.stringify({ stateDirectory, port: 0, account: ACCOUNT, region: "eu-central-1" });
  const script = `const local = require("@groundplan/local");
    local.${operation}(${names}${given}).then((value) => console.log(JSON.stringify({ value, variables: value?.endpoint && local.environment(value) })), (error) => { console.error(error.message); process.exitCode = 1; });`;
  const { stdout } = await execute(process.execPath, ["-e", script], { cwd: join(__dirname, "..", "..") });
  return JSON.parse(stdout) as T;
}

type Started = { readonly value: LocalStatus; readonly variables: Record<string, string> };

const assume = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "vpc-flow-logs.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
};

/** Things that each emulator holds, and that name each other across the two. */
const RESOURCES = {
  aws_kms_key: { logs: { description: "logs", enable_key_rotation: true, deletion_window_in_days: 7 } },
  aws_cloudwatch_log_group: {
    flow: { name: "/vpc/flow", retention_in_days: 14, kms_key_id: "${aws_kms_key.logs.arn}" },
  },
  aws_iam_role: { flow: { name: "flow", assume_role_policy: JSON.stringify(assume) } },
  aws_iam_role_policy_attachment: {
    flow: {
      role: "${aws_iam_role.flow.name}",
      policy_arn: "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess",
    },
  },
  aws_vpc: { main: { cidr_block: "10.0.0.0/16", enable_dns_hostnames: true, tags: { Name: "main" } } },
  aws_subnet: {
    a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.0.0/24", availability_zone: "eu-central-1a" },
  },
  aws_internet_gateway: { main: { vpc_id: "${aws_vpc.main.id}" } },
  aws_eip: { a: { domain: "vpc" } },
  aws_nat_gateway: {
    a: {
      allocation_id: "${aws_eip.a.id}",
      subnet_id: "${aws_subnet.a.id}",
      depends_on: ["aws_internet_gateway.main"],
    },
  },
  aws_vpc_endpoint: { s3: { vpc_id: "${aws_vpc.main.id}", service_name: "com.amazonaws.eu-central-1.s3" } },
  aws_flow_log: {
    main: {
      vpc_id: "${aws_vpc.main.id}",
      traffic_type: "ALL",
      iam_role_arn: "${aws_iam_role.flow.arn}",
      log_destination: "${aws_cloudwatch_log_group.flow.arn}",
    },
  },
  aws_ecr_repository: {
    api: {
      name: "api",
      force_delete: true,
      encryption_configuration: { encryption_type: "KMS", kms_key: "${aws_kms_key.logs.arn}" },
    },
  },
  aws_ecr_pull_through_cache_rule: {
    k8s: { ecr_repository_prefix: "k8s", upstream_registry_url: "registry.k8s.io" },
  },
  aws_acm_certificate: { site: { domain_name: "app.example.com", validation_method: "DNS" } },
  aws_ssm_parameter: {
    contract: {
      name: "/groundplan/dev/network",
      type: "String",
      value: "${jsonencode({ vpc = aws_vpc.main.id })}",
    },
    secret: { name: "/secret", type: "SecureString", value: "x", key_id: "${aws_kms_key.logs.arn}" },
  },
  aws_s3_bucket: { state: { bucket: "restart-state" } },
  aws_dynamodb_table: {
    locks: {
      name: "locks",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "LockID",
      attribute: [{ name: "LockID", type: "S" }],
      point_in_time_recovery: { enabled: true },
    },
  },
};

test("what is deployed is there after a restart, of both emulators, and of a killed daemon", async () => {
  const first = await call<Started>("up");
  const configuration = new Configuration(first.variables);
  try {
    await configuration.use(RESOURCES);
    await configuration.apply();
    expect((await configuration.plan()).code).toBe(0);

    expect(await call("down")).toEqual({ value: true });
    const second = await call<Started>("up");
    expect(second.value.emulators.map(({ keepsState }) => keepsState)).toEqual([true, true]);
    configuration.point(second.variables);
    expect(await configuration.plan()).toMatchObject({ code: 0 });

    // All ARNs are of the one account, whoever made them.
    const { output } = await configuration.run("show", "-json");
    const accounts = [...output.matchAll(/arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/g)].map(
      (match) => match[1],
    );
    expect(accounts.length).toBeGreaterThan(5);
    expect(new Set(accounts)).toEqual(new Set([ACCOUNT]));

    process.kill(second.value.pid, "SIGKILL");
    const third = await call<Started>("up");
    configuration.point(third.variables);
    expect(await configuration.plan()).toMatchObject({ code: 0 });
    await configuration.destroy();
  } finally {
    configuration.remove();
  }
});

describe("a snapshot", () => {
  const bucket = (method: string, endpoint: string | undefined, name = "") =>
    fetch(`${endpoint}/${name}`, {
      method,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`,
      },
    });
  const listed = async (endpoint: string | undefined) => (await bucket("GET", endpoint)).text();
  const manifest = () => join(stateDirectory, "snapshots", "base.json");

  test("whose load was killed is whole after the next start", async () => {
    const { value } = await call<Started>("up");
    await bucket("PUT", value.endpoint, "saved");
    await call("saveSnapshot", "base");
    await bucket("PUT", value.endpoint, "made-later");
    await call("down");
    const { content } = JSON.parse(readFileSync(manifest(), "utf8"));
    writeFileSync(join(stateDirectory, "loading.json"), JSON.stringify({ content }));
    rmSync(join(stateDirectory, "ministack"), { recursive: true });
    const again = await call<Started>("up");
    expect(await listed(again.value.endpoint)).toMatch(/<Name>saved<(?!.*made-later)/s);
  });

  test("planted fault: of another version, account or name is not loaded, and all stays", async () => {
    const whole = JSON.parse(readFileSync(manifest(), "utf8"));
    const { value } = await call<Started>("up");
    await bucket("PUT", value.endpoint, "stays");
    const load = () => call("loadSnapshot", "base");
    writeFileSync(manifest(), JSON.stringify({ ...whole, versions: { ...whole.versions, moto: "1.0.0" } }));
    await expect(load()).rejects.toThrow(/saved by another version of the emulator: moto 1\.0\.0 instead of/);
    writeFileSync(manifest(), JSON.stringify({ ...whole, account: "111111111111" }));
    await expect(load()).rejects.toThrow(/groundplan local up --account 111111111111/);
    writeFileSync(manifest(), JSON.stringify(whole));
    await expect(call("loadSnapshot", "other")).rejects.toThrow(/no snapshot other: there is base/);
    expect(await listed(value.endpoint)).toContain("<Name>stays<");
    await call("deleteSnapshot", "base");
    expect(readdirSync(join(stateDirectory, "snapshots"))).toEqual([]);
    await call("down");
  });
});

test("planted fault: a saved state that cannot be read is set aside, and moto starts empty", async () => {
  await call("up");
  await call("down");
  const file = join(stateDirectory, "moto", "state");
  writeFileSync(file, "no pickle");
  expect((await call<Started>("up")).value.emulators).toHaveLength(2);
  expect(existsSync(`${file}.unreadable`)).toBe(true);
  expect(readFileSync(join(stateDirectory, "moto.log"), "utf8")).toContain("moto starts empty");
});
