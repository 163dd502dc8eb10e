import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { zip } from "../../cli/artifact/lambda/zip";
import type { LocalStatus } from "../../local";
import { runProgram } from "../program";
import { temporaryFolder } from "../temporary-folder";
import { argumentsOf } from "./listening";
import { openFiles } from "./open-files";

/** Another user of the machine, beside the local AWS: what it keeps, they cannot read. */

const ROOT = join(__dirname, "..", "..");

let folder: string;
let stateDirectory: string;
let running: LocalStatus;

/** As a user whose umask opens everything to everybody. */
async function call<T>(operation: string): Promise<T> {
  const options = JSON.stringify({ stateDirectory, port: 0 });
  const script = `require("@groundplan/local").${operation}(${options}).then((value) => console.log(JSON.stringify(value)));`;
  const { stdout, output } = await runProgram(
    "sh",
    ["-c", `umask 0; exec "$0" -e '${script}'`, process.execPath],
    {
      cwd: ROOT,
      environment: { XDG_STATE_HOME: join(folder, "xdg") },
    },
  );
  if (stdout === "") throw new Error(output);
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  folder = temporaryFolder("users");
  stateDirectory = join(folder, ".groundplan", "local");
  running = await call<LocalStatus>("up");
});

afterAll(async () => {
  await call("down");
  rmSync(folder, { recursive: true, force: true });
});

test("what is kept of use is its owner's alone, while it runs and afterwards", async () => {
  // GIVEN objects, a network, a function that ran, and credentials that were given out
  const common = {
    endpoint: running.endpoint,
    region: running.region,
    credentials: { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" },
    maxAttempts: 1,
  };
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "kept" }));
  await s3.send(new PutObjectCommand({ Bucket: "kept", Key: "a/secret.txt", Body: "secret" }));
  await new EC2Client(common).send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const lambda = new LambdaClient(common);
  const FunctionName = "kept";
  const code = zip({ "index.js": Buffer.from("exports.handler = async () => 1;") }).bytes;
  const Role = "arn:aws:iam::123456789012:role/kept";
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Handler: "index.handler",
      Runtime: "nodejs22.x",
      Code: { ZipFile: code },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  const invoked = await lambda.send(new InvokeCommand({ FunctionName }));
  expect(invoked.Payload?.transformToString()).toBe("1");
  const sts = new STSClient(common);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role, RoleSessionName: "kept" }));
  const secret = Credentials?.SecretAccessKey ?? "";

  // THEN nothing is open, and no secret is among the arguments of a program
  expect(readFileSync(join(stateDirectory, "services", "credentials.json"), "utf8")).toContain(secret);
  expect(openFiles(folder)).toEqual([]);
  const key = readFileSync(join(folder, "xdg", "groundplan", "state.key"), "utf8");
  for (const pid of [running.pid, ...running.emulators.map((emulator) => emulator.pid)]) {
    expect([secret, key].filter((text) => argumentsOf(pid).includes(text))).toEqual([]);
  }

  // WHEN it is ended, and has written its state
  await call("down");
  // THEN the same holds for that
  expect(readdirSync(join(stateDirectory, "ministack", "state"))).toContain("lambda.json");
  expect(readdirSync(join(stateDirectory, "moto"))).toContain("state");
  expect(openFiles(folder)).toEqual([]);
});
