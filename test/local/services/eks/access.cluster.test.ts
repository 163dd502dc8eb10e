import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AccessScope,
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DescribeClusterCommand,
} from "@aws-sdk/client-eks";
import { toolPath } from "../../../../local/cluster/tools";
import { AwsCli } from "../../../aws-cli";
import { type Cluster, startCluster } from "../../../cluster";
import { type Emulator, startEmulator } from "../../../emulator";
import { type Run, runProgram } from "../../../program";
import { temporaryFolder } from "../../../temporary-folder";
import { ANYONE, EksFixtures } from "./fixtures";

const folder = temporaryFolder("access");
let emulator: Emulator;
let cluster: Cluster;
let aws: AwsCli;
let eksFixtures: EksFixtures;
const roles: Record<string, string> = {};
const tokens: Record<string, string> = {};

beforeAll(async () => {
  emulator = await startEmulator();
  aws = new AwsCli(emulator.environment);
  eksFixtures = new EksFixtures(emulator.environment);
  const { AWS_ENDPOINT_URL: awsEndpoint = "" } = emulator.environment;
  cluster = await startCluster({ awsEndpoint, stateDirectory: emulator.stateDirectory });
  await eksFixtures.cluster("dev", await eksFixtures.subnets("us-east-1a", "us-east-1b"));
  for (const name of ["admin", "viewer", "outsider"]) {
    roles[name] = await eksFixtures.role(name, ANYONE, "/people/");
  }
  await enter("admin");
  await associate("admin", "AmazonEKSClusterAdminPolicy", { type: "cluster" });
  await enter("viewer");
  await associate("viewer", "AmazonEKSViewPolicy", { type: "namespace", namespaces: ["shop"] });
});

afterAll(async () => {
  await cluster?.stop();
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function roleOf(name: string): string {
  return roles[name] ?? "";
}

function enter(name: string): Promise<unknown> {
  return eksFixtures.eks.send(
    new CreateAccessEntryCommand({ clusterName: "dev", principalArn: roleOf(name) }),
  );
}

function associate(name: string, policy: string, accessScope: AccessScope): Promise<unknown> {
  return eksFixtures.eks.send(
    new AssociateAccessPolicyCommand({
      clusterName: "dev",
      principalArn: roleOf(name),
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
      accessScope,
    }),
  );
}

/** A role's token, by the AWS CLI. */
async function tokenOf(name: string): Promise<string> {
  const credential = await aws.succeed(
    ...["eks", "get-token", "--cluster-name", "dev", "--role-arn", roleOf(name)],
  );
  return JSON.parse(credential).status.token;
}

/** Runs kubectl with a role's token, and nothing else that could let it in. */
async function kubectlAs(name: string, ...args: readonly string[]): Promise<Run> {
  tokens[name] ??= await tokenOf(name);
  const authority = join(folder, "ca.pem");
  const { certificateAuthority } =
    (await eksFixtures.eks.send(new DescribeClusterCommand({ name: "dev" }))).cluster ?? {};
  writeFileSync(authority, Buffer.from(certificateAuthority?.data ?? "", "base64"));
  return runProgram(toolPath("kubectl"), [
    ...["--kubeconfig", "/dev/null", "--server", cluster.endpoint, "--certificate-authority", authority],
    ...["--token", tokens[name], ...args],
  ]);
}

/** Asks the Kubernetes API for one address as a role. */
function get(name: string, path: string): Promise<Run> {
  return kubectlAs(name, "get", `--raw=${path}`);
}

test("the cluster that EKS tells of is the one that runs", async () => {
  const { cluster: told } = await eksFixtures.eks.send(new DescribeClusterCommand({ name: "dev" }));
  expect(told?.endpoint).toBe(cluster.endpoint);
});

test("the administrator's role gets in by its token, and may do everything", async () => {
  // As a user does it: the AWS CLI writes the kubeconfig, and kubectl calls the AWS CLI.
  const kubeconfig = join(folder, "kubeconfig");
  await aws.succeed(
    ...[
      "eks",
      "update-kubeconfig",
      "--name",
      "dev",
      "--role-arn",
      roleOf("admin"),
      "--kubeconfig",
      kubeconfig,
    ],
  );
  const who = await runProgram(
    toolPath("kubectl"),
    ["--kubeconfig", kubeconfig, "auth", "whoami", "--output=jsonpath={.status.userInfo.username}"],
    { environment: aws.environment },
  );
  expect(who.stdout).toMatch(/^arn:aws:sts::123456789012:assumed-role\/admin\/\w+$/);
  const objects = ["shop", "vault"].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await cluster.succeed(["apply", "--filename=-"], { input });
  expect(await kubectlAs("admin", "create", "configmap", "prices", "--namespace=shop")).toMatchObject({
    code: 0,
  });
  expect(await get("admin", "/metrics")).toMatchObject({ code: 0 });
});

test("a viewer of one namespace reads there, and changes nothing", async () => {
  const { code, stdout } = await get("viewer", "/api/v1/namespaces/shop/configmaps/prices");
  expect([code, JSON.parse(stdout).metadata.name]).toEqual([0, "prices"]);
  const forbidden = { code: 1, output: expect.stringContaining("Forbidden") };
  expect(await kubectlAs("viewer", "delete", "configmap", "prices", "--namespace=shop")).toMatchObject(
    forbidden,
  );
  expect(await get("viewer", "/api/v1/namespaces/shop/secrets")).toMatchObject(forbidden);
  expect(await get("viewer", "/api/v1/namespaces/vault/configmaps")).toMatchObject(forbidden);
});

test("planted fault: a role that is not listed is not let in, until it is", async () => {
  const path = "/api/v1/namespaces/vault/configmaps";
  const { code, output } = await get("outsider", path);
  expect(code).toBe(1);
  expect(output).toMatch(/logged in to the server|Unauthorized/);

  await enter("outsider");
  // Known now, but without a right.
  expect((await get("outsider", path)).output).toContain("Forbidden");
  await associate("outsider", "AmazonEKSViewPolicy", { type: "cluster" });
  // The API server keeps a refusal for a second.
  let granted = await get("outsider", path);
  for (const begun = Date.now(); granted.code !== 0 && Date.now() - begun < 600_000; ) {
    await sleep(200);
    granted = await get("outsider", path);
  }
  expect(granted).toMatchObject({ code: 0 });
});
