import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  type CreateClusterCommandInput,
  CreateFargateProfileCommand,
  CreateNodegroupCommand,
  type CreateNodegroupCommandInput,
  CreatePodIdentityAssociationCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeAddonVersionsCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  DescribeInsightCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ListAccessEntriesCommand,
  ListClustersCommand,
  ListInsightsCommand,
  ListNodegroupsCommand,
  TagResourceCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupVersionCommand,
} from "@aws-sdk/client-eks";
import { type Emulator, startEmulator } from "../../../emulator";
import { ANYONE, EksFixtures } from "./fixtures";
import { trust } from "./resources";

let emulator: Emulator;
let eksFixtures: EksFixtures;
let roleArn: string;
let nodeRole: string;
let subnetIds: string[];

/** One of a zone that the cluster was not made with. */
let laterSubnetId: string;

beforeAll(async () => {
  emulator = await startEmulator();
  eksFixtures = new EksFixtures(emulator.environment);
  const [a = "", b = "", other = "", c = ""] = await eksFixtures.subnets(
    "us-east-1a",
    "us-east-1b",
    "us-east-1a",
    "us-east-1c",
  );
  subnetIds = [a, b, other];
  laterSubnetId = c;
  await eksFixtures.cluster("main", subnetIds);
  roleArn = "arn:aws:iam::123456789012:role/main-cluster";
  nodeRole = await eksFixtures.role("node", trust("ec2.amazonaws.com"));
});

afterAll(async () => emulator?.stop());

/** How AWS refuses: the class of the SDK's error, its status, and what it says. */
function refusal(name: string, status: number, message: RegExp): object {
  return {
    name,
    message: expect.stringMatching(message),
    $metadata: expect.objectContaining({ httpStatusCode: status }),
  };
}

const parameter = (message: RegExp) => refusal("InvalidParameterException", 400, message);
const request = (message: RegExp) => refusal("InvalidRequestException", 400, message);
const inUse = (message: RegExp) => refusal("ResourceInUseException", 409, message);
const notFound = (message: RegExp) => refusal("ResourceNotFoundException", 404, message);

function group(more: Partial<CreateNodegroupCommandInput> = {}): CreateNodegroupCommand {
  const input = { clusterName: "main", nodegroupName: "nodes", nodeRole, subnets: subnetIds };
  return new CreateNodegroupCommand({ ...input, ...more });
}

/** Waits for a node group to be there. */
async function groupSettled(nodegroupName: string): Promise<void> {
  const command = new DescribeNodegroupCommand({ clusterName: "main", nodegroupName });
  const { nodegroup } = await eksFixtures.eks.send(command);
  if (nodegroup?.status !== "ACTIVE") await groupSettled(nodegroupName);
}

describe("a cluster that AWS would not make", () => {
  const cases: readonly [string, () => Partial<CreateClusterCommandInput>, object][] = [
    ["of a name that is taken", () => ({ name: "main" }), inUse(/already exists with name: main/)],
    ["of a name that is none", () => ({ name: "-x" }), parameter(/name '-x' is invalid/)],
    [
      "of a version that is too old",
      () => ({ version: "1.20" }),
      parameter(/unsupported Kubernetes version/),
    ],
    [
      "in one zone",
      () => ({ resourcesVpcConfig: { subnetIds: [subnetIds[0] ?? "", subnetIds[2] ?? ""] } }),
      parameter(/at least two different AZs/),
    ],
    [
      "in a subnet that is not there",
      () => ({ resourcesVpcConfig: { subnetIds: ["subnet-0123456789abcdef0"] } }),
      parameter(/subnet-0123456789abcdef0.*does not exist/),
    ],
    [
      "without any endpoint",
      () => ({ resourcesVpcConfig: { subnetIds, endpointPublicAccess: false } }),
      parameter(/cannot be false/),
    ],
    [
      "with the services' addresses in its VPC",
      () => ({ kubernetesNetworkConfig: { serviceIpv4Cidr: "10.0.8.0/24" } }),
      parameter(/overlaps with the range 10\.0\.0\.0\/16/),
    ],
    [
      "with a role that is not there",
      () => ({ roleArn: "arn:aws:iam::123456789012:role/nobody" }),
      parameter(/could not be assumed/),
    ],
    ["with a role of nodes", () => ({ roleArn: nodeRole }), parameter(/trusted entity is not correct/)],
    ["with tags of AWS's", () => ({ tags: { "aws:x": "y" } }), parameter(/reserved/)],
  ];

  test.each(cases)("planted fault: %s", async (_, more, expected) => {
    const input = { name: "other", roleArn, resourcesVpcConfig: { subnetIds }, ...more() };
    await expect(eksFixtures.eks.send(new CreateClusterCommand(input))).rejects.toMatchObject(expected);
    const { clusters } = await eksFixtures.eks.send(new ListClustersCommand({}));
    expect(clusters).toEqual(["main"]);
  });
});

test("a cluster that is not there is not found, whatever is asked of it", async () => {
  const missing = notFound(/No cluster found for name: constructor\./);
  const name = "constructor";
  await expect(eksFixtures.eks.send(new DescribeClusterCommand({ name }))).rejects.toMatchObject(missing);
  await expect(eksFixtures.eks.send(new ListNodegroupsCommand({ clusterName: name }))).rejects.toMatchObject({
    ...missing,
    clusterName: name,
  });
});

test("planted fault: a node group that AWS would not make", async () => {
  const { eks } = eksFixtures;
  const scaling = { minSize: 3, maxSize: 4, desiredSize: 1 };
  await expect(eks.send(group({ scalingConfig: scaling }))).rejects.toMatchObject(
    parameter(/Minimum capacity 3 can't be greater than desired size 1/),
  );
  await expect(eks.send(group({ version: "1.35" }))).rejects.toMatchObject(parameter(/1\.35 is invalid/));
  await expect(eks.send(group({ amiType: "AL2_x86_64" }))).rejects.toMatchObject(parameter(/only supported/));
  await expect(eks.send(group({ nodeRole: "arn:aws:iam::123456789012:role/nobody" }))).rejects.toMatchObject(
    parameter(/role with name nobody cannot be found/),
  );
  await expect(eks.send(group({ releaseVersion: "1.33.1-20261110" }))).rejects.toMatchObject(
    parameter(/Requested release version 1\.33\.1-20261110 is not valid for kubernetes version 1\.34/),
  );
  const taint = { key: "batch", effect: "NO_SCHEDULE" } as const;
  await expect(eks.send(group({ taints: [taint, { ...taint, value: "x" }] }))).rejects.toMatchObject(
    parameter(/one key and effect/),
  );
  await expect(eks.send(group({ labels: { "kubernetes.io/os": "linux" } }))).rejects.toMatchObject(
    parameter(/reserved prefixes/),
  );
  await expect(eks.send(group({ launchTemplate: { name: "none" } }))).rejects.toMatchObject(
    parameter(/none|launch template/i),
  );
});

test("a cluster goes up by one minor at a time, with its nodes not far behind", async () => {
  const { eks } = eksFixtures;
  const name = "main";
  const to = (version: string) => eks.send(new UpdateClusterVersionCommand({ name, version }));
  await expect(to("1.36")).rejects.toMatchObject(parameter(/minor version update from 1\.34 to 1\.36/));
  await expect(to("1.33")).rejects.toMatchObject(parameter(/minor version update from 1\.34 to 1\.33/));
  await eks.send(group({ nodegroupName: "old", version: "1.32" }));
  await groupSettled("old");

  const { update } = await to("1.35");
  expect(update).toMatchObject({ status: "InProgress", type: "VersionUpdate" });
  await expect(to("1.36")).rejects.toMatchObject(inUse(/currently has update .* in progress/));
  await eksFixtures.settled(name);
  const done = await eks.send(new DescribeUpdateCommand({ name, updateId: update?.id }));
  expect(done.update?.status).toBe("Successful");

  await expect(to("1.36")).rejects.toMatchObject(parameter(/Nodegroups old must be updated/));
  const command = { clusterName: name, nodegroupName: "old" };
  await eks.send(new UpdateNodegroupVersionCommand(command));
  await groupSettled("old");
  const { nodegroup } = await eks.send(new DescribeNodegroupCommand(command));
  expect(nodegroup).toMatchObject({
    version: "1.35",
    releaseVersion: expect.stringMatching(/^1\.35\.\d+-\d{8}$/),
  });
});

test("one kind of change at a time", async () => {
  const change = (more: object) =>
    eksFixtures.eks.send(new UpdateClusterConfigCommand({ name: "main", ...more }));
  const upgradePolicy = { supportType: "STANDARD" };
  await expect(change({ upgradePolicy, deletionProtection: true })).rejects.toMatchObject(
    parameter(/Only one type of update/),
  );
  await expect(change({ resourcesVpcConfig: { endpointPublicAccess: true } })).rejects.toMatchObject(
    parameter(/already at the desired configuration/),
  );
  // The zones that it was made with, all of them and no other; nodes may be anywhere in the VPC.
  const [a = "", b = "", other = ""] = subnetIds;
  for (const ids of [
    [a, b, laterSubnetId],
    [a, laterSubnetId],
  ]) {
    await expect(change({ resourcesVpcConfig: { subnetIds: ids } })).rejects.toMatchObject(
      parameter(/should belong to the exact set of AZs 'us-east-1a,us-east-1b'/),
    );
  }
  await change({ resourcesVpcConfig: { subnetIds: [b, other] } });
  await eksFixtures.settled("main");
  await eksFixtures.eks.send(group({ nodegroupName: "later", subnets: [laterSubnetId] }));
  await groupSettled("later");
  await expect(change({ accessConfig: { authenticationMode: "CONFIG_MAP" } })).rejects.toMatchObject(
    parameter(/authentication mode update from API to CONFIG_MAP/),
  );
});

test("a cluster that is protected or in use is not deleted", async () => {
  const { eks } = eksFixtures;
  const name = "main";
  const remove = () => eks.send(new DeleteClusterCommand({ name }));
  const protect = async (deletionProtection: boolean) => {
    await eks.send(new UpdateClusterConfigCommand({ name, deletionProtection }));
    await eksFixtures.settled(name);
  };
  await protect(true);
  await expect(remove()).rejects.toMatchObject(request(/deletion protection/));
  await protect(false);
  await expect(remove()).rejects.toMatchObject(inUse(/Cluster has nodegroups attached/));
});

test("access entries are for people who exist in form, and keep away from Kubernetes' own names", async () => {
  const { eks } = eksFixtures;
  const enter = (principalArn: string, more: object = {}) =>
    eks.send(new CreateAccessEntryCommand({ clusterName: "main", principalArn, ...more }));
  const session = "arn:aws:sts::123456789012:assumed-role/a/b";
  await expect(enter(session)).rejects.toMatchObject(parameter(/invalid principal/));
  const role = await eksFixtures.role("person", ANYONE);
  await expect(enter(role, { kubernetesGroups: ["system:masters"] })).rejects.toMatchObject(
    parameter(/system:masters is invalid/),
  );
  await enter(role);
  await expect(enter(role)).rejects.toMatchObject(inUse(/already in use/));
  // Those of the nodes' role were made with the node group.
  await expect(enter(nodeRole)).rejects.toMatchObject(inUse(/already in use/));
  const associate = (policyArn: string, accessScope: object, principalArn = role) =>
    eks.send(
      new AssociateAccessPolicyCommand({
        clusterName: "main",
        principalArn,
        policyArn,
        accessScope: accessScope as never,
      }),
    );
  const view = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
  const cluster = { type: "cluster" };
  await expect(associate(view.replace("View", "Vue"), cluster)).rejects.toMatchObject(parameter(/policyArn/));
  await expect(associate(view, { type: "namespace" })).rejects.toMatchObject(
    parameter(/at least one namespace/),
  );
  await expect(associate(view, cluster, nodeRole)).rejects.toMatchObject(request(/EC2_LINUX/));
  await expect(associate(view, cluster, `${role}s`)).rejects.toMatchObject(notFound(/could not be found/));
  const { accessEntries } = await eks.send(new ListAccessEntriesCommand({ clusterName: "main" }));
  expect(accessEntries?.sort()).toEqual([nodeRole, role].sort());
});

test("planted fault: add-ons, profiles and associations that AWS would not make", async () => {
  const { eks } = eksFixtures;
  const clusterName = "main";
  const addon = (addonName: string, more: object = {}) =>
    eks.send(new CreateAddonCommand({ clusterName, addonName, ...more }));
  await expect(addon("nothing")).rejects.toMatchObject(parameter(/not supported/));
  await expect(addon("coredns", { addonVersion: "1.11" })).rejects.toMatchObject(parameter(/not supported/));
  await expect(addon("kube-proxy", { addonVersion: "v1.36.0-eksbuild.2" })).rejects.toMatchObject(
    parameter(/kube-proxy v1\.36\.0-eksbuild\.2 with Kubernetes 1\.35/),
  );
  await expect(addon("coredns", { configurationValues: "{replicas" })).rejects.toMatchObject(
    parameter(/not in valid JSON/),
  );
  const profile = {
    clusterName,
    fargateProfileName: "jobs",
    podExecutionRoleArn: nodeRole,
    selectors: [{ namespace: "x" }],
  };
  await expect(eks.send(new CreateFargateProfileCommand(profile))).rejects.toMatchObject(
    parameter(/eks-fargate-pods/),
  );
  const association = { clusterName, namespace: "shop", serviceAccount: "api", roleArn: nodeRole };
  await eks.send(new CreatePodIdentityAssociationCommand(association));
  await expect(eks.send(new CreatePodIdentityAssociationCommand(association))).rejects.toMatchObject(
    inUse(/Association already exists: a-[a-z0-9]{17}$/),
  );
  const resourceArn = "arn:aws:eks:us-east-1:123456789012:cluster/none";
  await expect(eks.send(new TagResourceCommand({ resourceArn, tags: { a: "b" } }))).rejects.toMatchObject(
    refusal("NotFoundException", 404, /No resource found/),
  );
});

test("versions of Kubernetes and of add-ons are told page by page", async () => {
  const { eks } = eksFixtures;
  const { clusterVersions = [] } = await eks.send(new DescribeClusterVersionsCommand({}));
  expect(clusterVersions.filter(({ defaultVersion }) => defaultVersion)).toHaveLength(1);
  expect(clusterVersions[0]).toMatchObject({ clusterVersion: "1.36", versionStatus: "STANDARD_SUPPORT" });

  const { addons = [] } = await eks.send(
    new DescribeAddonVersionsCommand({ addonName: "coredns", kubernetesVersion: "1.35" }),
  );
  const versions = addons[0]?.addonVersions ?? [];
  expect(versions.map(({ addonVersion }) => addonVersion)).toEqual([
    "v1.14.3-eksbuild.3",
    "v1.13.2-eksbuild.1",
  ]);
  expect(versions.filter(({ compatibilities }) => compatibilities?.[0]?.defaultVersion)).toHaveLength(1);

  const first = await eks.send(new DescribeAddonVersionsCommand({ maxResults: 5 }));
  const second = await eks.send(
    new DescribeAddonVersionsCommand({ maxResults: 5, nextToken: first.nextToken }),
  );
  expect(second.addons).toHaveLength(5);
  expect(first.addons?.map(({ addonName }) => addonName)).not.toContain(second.addons?.[0]?.addonName);
});

test("no insights are found, and none of another name", async () => {
  const { eks } = eksFixtures;
  expect((await eks.send(new ListInsightsCommand({ clusterName: "main" }))).insights).toEqual([]);
  await expect(eks.send(new ListInsightsCommand({ clusterName: "nobody" }))).rejects.toMatchObject(
    notFound(/No cluster found/),
  );
  await expect(eks.send(new DescribeInsightCommand({ clusterName: "main", id: "1" }))).rejects.toMatchObject(
    notFound(/No insight found/),
  );
});

test("accounts and Regions have clusters of their own", async () => {
  const elsewhere = [
    new EksFixtures(emulator.environment, "999988887777"),
    new EksFixtures(emulator.environment, undefined, "eu-central-1"),
  ];
  for (const { eks } of elsewhere) {
    expect((await eks.send(new ListClustersCommand({}))).clusters).toEqual([]);
  }
  const [other] = elsewhere;
  await other?.cluster("main", await other.subnets("us-east-1a", "us-east-1b"));
  const { cluster } = (await other?.eks.send(new DescribeClusterCommand({ name: "main" }))) ?? {};
  expect(cluster).toMatchObject({
    arn: "arn:aws:eks:us-east-1:999988887777:cluster/main",
    roleArn: "arn:aws:iam::999988887777:role/main-cluster",
    version: "1.34",
  });
});

test("a deleted group and cluster are gone, and the names free", async () => {
  const { eks } = eksFixtures;
  for (const nodegroupName of ["later", "old"]) {
    const group = { clusterName: "main", nodegroupName };
    await eks.send(new DeleteNodegroupCommand(group));
    const gone = async (): Promise<unknown> => eks.send(new DescribeNodegroupCommand(group)).then(gone);
    await expect(gone()).rejects.toMatchObject(notFound(/No node group found for name: (?:later|old)\./));
  }
  expect(await eksFixtures.groupsOf("main")).toEqual([expect.stringMatching(/^eks-cluster-sg-main-\d+$/)]);
  expect((await eks.send(new DeleteClusterCommand({ name: "main" }))).cluster?.status).toBe("DELETING");
  expect(await eksFixtures.groupsOf("main")).toEqual([]);
  await expect(eks.send(new DescribeClusterCommand({ name: "main" }))).rejects.toMatchObject(
    notFound(/main/),
  );
});
