import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ECRClient, PutReplicationConfigurationCommand } from "@aws-sdk/client-ecr";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../emulator";
import { build, groundplan } from "../groundplan";
import { stateProject, write } from "../project";
import { StateAccount } from "../state-account";

let emulator: Emulator;
let aws: StateAccount;

beforeAll(async () => {
  build();
  emulator = await startEmulator();
  aws = new StateAccount(emulator.environment);
});

afterAll(async () => {
  await emulator?.stop();
});

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly found: string;
  readonly instead?: string;
}

/** What doctor says of one thing in a project whose state is to lie in a bucket. */
async function finding(check: string, bucket: string, account?: string): Promise<Finding | undefined> {
  const project = stateProject({ bucket, ...(account === undefined ? {} : { account }) });
  const { stdout } = await groundplan(["doctor", "--json"], {
    cwd: project.folder,
    env: emulator.environment,
  });
  project.remove();
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.find((one) => one.check === check);
}

test("says whose the credentials are", async () => {
  expect(await finding("Credentials", "a-bucket")).toMatchObject({
    level: "ok",
    found: `account 123456789012 at ${emulator.environment.AWS_ENDPOINT_URL}`,
  });
  expect(await finding("Credentials", "a-bucket", "999988887777")).toMatchObject({
    level: "warn",
    found: expect.stringContaining("the stacks are for 999988887777"),
  });
});

test("a backend on its way from nothing to whole", async () => {
  const backend = () => finding("Backend", "growing");

  expect(await backend()).toMatchObject({
    level: "fail",
    found: "bucket growing does not exist",
    instead: "make it: npx groundplan bootstrap",
  });

  await aws.createBucket("growing");
  expect(await backend()).toMatchObject({ level: "fail", found: "lock table growing-locks does not exist" });

  await aws.createTable("growing-locks");
  expect(await backend()).toMatchObject({
    level: "warn",
    found: expect.stringContaining("versioning is off"),
  });

  const VersioningConfiguration = { Status: "Enabled" } as const;
  await aws.s3.send(new PutBucketVersioningCommand({ Bucket: "growing", VersioningConfiguration }));
  expect(await backend()).toMatchObject({
    level: "ok",
    found: "bucket growing, locked by table growing-locks",
  });
});

test("bootstrap is advised for the bucket of a state stack only", async () => {
  const project = stateProject({ bucket: "made-here" });
  const file = join(project.stack, "cdk.tf.json");
  const json = JSON.parse(readFileSync(file, "utf8"));
  json.terraform.backend.s3.bucket = "made-elsewhere";
  write(file, json);
  const { stdout } = await groundplan(["doctor", "--json"], {
    cwd: project.folder,
    env: emulator.environment,
  });
  project.remove();
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings.find(({ check }) => check === "Backend")).toMatchObject({
    level: "fail",
    found: "bucket made-elsewhere does not exist",
    instead: "no stack makes it; make it once: aws s3 mb s3://made-elsewhere --region us-east-1",
  });
});

test("a bucket of another account, and a table that locks nothing", async () => {
  await new StateAccount(emulator.environment, "999988887777").createBucket("theirs");
  expect(await finding("Backend", "theirs")).toMatchObject({
    level: "fail",
    found: expect.stringContaining("is not account 123456789012's"),
  });

  await aws.createBucket("odd");
  await aws.createTable("odd-locks", "OrderId");
  expect(await finding("Backend", "odd")).toMatchObject({
    level: "fail",
    found: expect.stringContaining("is not a lock table"),
  });
});

test("a registry's settings of another platform are told before an apply takes them away", async () => {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "us-east-1" } = emulator.environment;
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "x" };
  const ecr = new ECRClient({ endpoint, region, credentials });
  const replicate = (...prefixes: string[]) =>
    ecr.send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: "eu-west-1", registryId: "123456789012" }],
              repositoryFilters: prefixes.map((filter) => ({ filter, filterType: "PREFIX_MATCH" as const })),
            },
          ],
        },
      }),
    );
  const project = stateProject({ bucket: "a-bucket" });
  const file = join(project.stack, "cdk.tf.json");
  const json = JSON.parse(readFileSync(file, "utf8"));
  const repository_filter = [{ filter: "groundplan/prod/", filter_type: "PREFIX_MATCH" }];
  json.resource = {
    ...json.resource,
    aws_ecr_replication_configuration: {
      own: { replication_configuration: { rule: [{ destination: [], repository_filter }] } },
    },
  };
  write(file, json);
  const registry = async () => {
    const { stdout } = await groundplan(["doctor", "--json"], {
      cwd: project.folder,
      env: emulator.environment,
    });
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    return findings.filter(({ check }) => check === "Registry");
  };
  const place = "replication of account 123456789012 in us-east-1";
  await replicate("groundplan/prod/");
  expect(await registry()).toMatchObject([{ level: "ok", found: expect.stringContaining(`${place} is `) }]);
  await replicate("groundplan/prod/", "acme/prod/");
  expect(await registry()).toMatchObject([
    { level: "warn", found: expect.stringContaining(`${place} has "acme/prod/", which`) },
  ]);
  project.remove();
});
