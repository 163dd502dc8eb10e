import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CreateAccessEntryCommand,
  DescribeClusterCommand,
  ListAccessEntriesCommand,
  ListClustersCommand,
} from "@aws-sdk/client-eks";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { AwsCli } from "../../../aws-cli";
import { temporaryFolder } from "../../../temporary-folder";
import { EksFixtures } from "./fixtures";

const execute = promisify(execFile);
const stateDirectory = temporaryFolder("eks-state");

afterAll(async () => {
  await call("down");
  rmSync(stateDirectory, { recursive: true, force: true });
});

/** Starts, empties or ends the emulator as a user does. @returns the variables by which it is found. */
async function call(operation: "up" | "down" | "reset", port = 0): Promise<Record<string, string>> {
  const given = JSON.stringify({ stateDirectory, port });
  const script = `const local = require("@groundplan/local");
    local.${operation}(${given}).then((value) => console.log(JSON.stringify(value?.endpoint ? local.environment(value) : {})));`;
  const { stdout } = await execute(process.execPath, ["-e", script], {
    cwd: join(__dirname, "..", "..", "..", ".."),
  });
  return JSON.parse(stdout);
}

/** Asks, as the Kubernetes API does, who the bearer of a token is. */
async function review(variables: Record<string, string>, token: string): Promise<unknown> {
  const response = await fetch(`${variables.AWS_ENDPOINT_URL}/_groundplan/eks/token-review?timeout=30s`, {
    method: "POST",
    body: JSON.stringify({ kind: "TokenReview", spec: { token } }),
  });
  const { status } = (await response.json()) as { status: unknown };
  return status;
}

const KEYS = { accessKeyId: "groundplan-local", secretAccessKey: "groundplan-local" };
const PRINCIPAL = "arn:aws:iam::123456789012:user/people/bob";

test("clusters, and the keys by which tokens are checked, outlive a restart, and a reset ends them", async () => {
  const first = await call("up");
  const eksFixtures = new EksFixtures(first);
  const { eks } = eksFixtures;
  await eksFixtures.cluster("kept", await eksFixtures.subnets("us-east-1a", "us-east-1b"));
  await eks.send(new CreateAccessEntryCommand({ clusterName: "kept", principalArn: PRINCIPAL }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: "kept" }));

  const iam = new IAMClient({
    endpoint: first.AWS_ENDPOINT_URL ?? "",
    region: "us-east-1",
    credentials: KEYS,
  });
  await iam.send(new CreateUserCommand({ UserName: "bob", Path: "/people/" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "bob" }));
  const bob = new AwsCli({
    ...first,
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "",
  });
  expect(JSON.parse(await bob.succeed("sts", "get-caller-identity")).Arn).toBe(PRINCIPAL);
  const { token } = JSON.parse(await bob.succeed("eks", "get-token", "--cluster-name", "kept")).status;
  const welcome = { authenticated: true, user: { username: PRINCIPAL } };
  expect(await review(first, token)).toMatchObject(welcome);

  const { port } = new URL(first.AWS_ENDPOINT_URL ?? "");
  await call("down");
  const second = await call("up", Number(port));
  const again = new EksFixtures(second);
  expect((await again.eks.send(new DescribeClusterCommand({ name: "kept" }))).cluster).toEqual(cluster);
  const { accessEntries } = await again.eks.send(new ListAccessEntriesCommand({ clusterName: "kept" }));
  expect(accessEntries).toEqual([PRINCIPAL]);
  expect(await review(second, token)).toMatchObject(welcome);

  // Planted fault: signed with another secret.
  const forged = new AwsCli({ ...bob.environment, AWS_SECRET_ACCESS_KEY: "guessed" });
  const { status } = JSON.parse(await forged.succeed("eks", "get-token", "--cluster-name", "kept"));
  expect(await review(second, status.token)).toMatchObject({
    authenticated: false,
    error: expect.stringContaining("signed with another secret"),
  });

  await call("reset");
  expect((await again.eks.send(new ListClustersCommand({}))).clusters).toEqual([]);
  expect(await review(second, token)).toMatchObject({ authenticated: false });
});
