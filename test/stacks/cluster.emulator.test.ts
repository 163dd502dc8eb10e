import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ADDON_VERSIONS, type KubernetesVersion, OPTIONAL_ADDONS } from "@groundplan/modules/cluster";
import { Testing } from "cdktf";
import type { Environment } from "../../overlays/environment";
import { ClusterStack } from "../../stacks/cluster";
import { type Emulator, startEmulator } from "../emulator";
import { environments, platform } from "../platform";
import { TerraformFolder } from "../terraform";

let emulator: Emulator;
let network: TerraformFolder;

/** Ids of AMIs for x86_64, which stand for those of one's own. */
let amiId: string;
let otherAmiId: string;

/** A folder for the cluster stack of each environment. */
let clusters: ReadonlyMap<string, TerraformFolder>;

beforeAll(async () => {
  emulator = await startEmulator();
  [amiId, otherAmiId] = await anyImages();
  network = new TerraformFolder(emulator.environment, emulator.provider);
  const folderOf = () => new TerraformFolder(emulator.environment, emulator.provider);
  clusters = new Map(environments.map(({ name }) => [name, folderOf()]));
});

afterAll(async () => {
  network?.remove();
  for (const folder of clusters?.values() ?? []) folder.remove();
  await emulator?.stop();
});

/** Two AMIs that the emulator has. */
async function anyImages(): Promise<[string, string]> {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "" } = emulator.environment;
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "x" };
  const Filters = [{ Name: "architecture", Values: ["x86_64"] }];
  const { Images = [] } = await new EC2Client({ endpoint, region, credentials }).send(
    new DescribeImagesCommand({ Filters }),
  );
  return [Images[0]?.ImageId ?? "", Images[1]?.ImageId ?? ""];
}

/** A VPC with a subnet for each zone, published as the network of every environment: quicker than three whole ones. */
function networkConfiguration(zones: readonly string[]): object {
  const subnetsOf = (suffix: string, range: string, vpc: string) =>
    zones.map((zone) => [
      `${zone}${suffix}`,
      {
        vpc_id: vpc,
        cidr_block: `${range}.${zone.charCodeAt(0)}.0/24`,
        availability_zone: `us-east-1${zone}`,
      },
    ]);
  const subnets = Object.fromEntries([
    ...subnetsOf("", "10.0", "${aws_vpc.all.id}"),
    ...subnetsOf("-pods", "100.64", "${aws_vpc_ipv4_cidr_block_association.pods.vpc_id}"),
  ]);
  const names = zones.map((zone) => `"us-east-1${zone}"`).join();
  const idsOf = (suffix: string) => zones.map((zone) => `aws_subnet.${zone}${suffix}.id`).join();
  const contract = `\${jsonencode({ vpcId = aws_vpc.all.id, availabilityZones = [${names}], privateSubnetIds = [${idsOf("")}], podSubnetIds = [${idsOf("-pods")}] })}`;
  const parameters = environments.map(({ name }) => [
    name,
    { name: `/groundplan/${name}/network`, type: "String", insecure_value: contract },
  ]);
  return {
    provider: { aws: { region: "us-east-1" } },
    resource: {
      aws_vpc: { all: { cidr_block: "10.0.0.0/16" } },
      aws_vpc_ipv4_cidr_block_association: {
        pods: { vpc_id: "${aws_vpc.all.id}", cidr_block: "100.64.0.0/16" },
      },
      aws_subnet: subnets,
      aws_ssm_parameter: Object.fromEntries(parameters),
    },
  };
}

/**
 * Writes the cluster stacks of all environments.
 *
 * @param raised - environments whose overlay has this version instead of its own.
 * @param changed - whether what a cluster may have is set in another way.
 */
function write(raised: readonly string[] = [], version: KubernetesVersion = "1.36", changed = false): void {
  for (const environment of environments) {
    const cluster = {
      ...environment.cluster,
      // The first has what a cluster may have.
      ...(environment === environments[0]
        ? {
            optionalAddons: OPTIONAL_ADDONS,
            fargateProfiles: fargateProfiles(changed),
            prefixDelegation: true,
            nodeGroups: { ...environment.cluster.nodeGroups, ...ownGroups(changed) },
          }
        : {}),
      // The last leaves its nodes to EKS.
      ...(environment === environments.at(-1)
        ? { compute: "auto" as const, ...(changed ? { logTypes: ["audit" as const] } : {}) }
        : {}),
      ...(raised.includes(environment.name) ? { kubernetesVersion: version } : {}),
    };
    const podRange = environment === environments[0] ? { podCidr: "100.64.0.0/16" } : {};
    const network = { ...environment.network, ...podRange };
    const made = { ...environment, network, cluster };
    const stack = new ClusterStack(Testing.app(), { platform, environment: made });
    const configuration = JSON.parse(Testing.synth(stack));
    delete configuration.terraform.backend;
    clusters.get(environment.name)?.write("cdk.tf.json", JSON.stringify(configuration));
  }
}

/** A group of an AMI of one's own, whose nodes join by nodeadm, one of EKS's with a NodeConfig, and one of Bottlerocket. */
function ownGroups(changed: boolean): Environment["cluster"]["nodeGroups"] {
  const size = { instanceTypes: ["m5.large"], min: 1, max: changed ? 3 : 2 };
  const shutdownGracePeriod = changed ? "60s" : "30s";
  const sysctls = ["net.core.somaxconn", ...(changed ? ["net.ipv4.ip_local_port_range"] : [])];
  return {
    hardened: {
      ...size,
      amiId: changed ? otherAmiId : amiId,
      nodeConfig: { kubelet: { config: { shutdownGracePeriod } } },
    },
    joined: { ...size, nodeConfig: { kubelet: { config: { shutdownGracePeriod } } } },
    rocket: {
      ...size,
      image: "bottlerocket",
      bottlerocketSettings: { kubernetes: { "allowed-unsafe-sysctls": sysctls } },
      ...(changed ? { labels: { workload: "batch" } } : {}),
    },
  };
}

/** Profiles of Fargate, of which EKS changes none where it stands. */
function fargateProfiles(changed: boolean): Environment["cluster"]["fargateProfiles"] {
  const namespace = changed ? "batch" : "jobs";
  return {
    jobs: { selectors: [{ namespace }] },
    ...(changed ? { more: { selectors: [{ namespace: "more", labels: { on: "fargate" } }] } } : {}),
  };
}

/** What a change of those settings plans, by address: nodes are renewed where they stand, profiles are replaced. */
const CHANGED = [
  "aws_eks_fargate_profile.cluster_fargate_jobs_profile delete,create",
  "aws_eks_fargate_profile.cluster_fargate_more_profile create",
  ...["hardened", "joined", "rocket"].flatMap((group) => [
    `aws_eks_node_group.cluster_node-groups_${group}_node-group update`,
    `aws_launch_template.cluster_node-groups_${group}_launch-template update`,
  ]),
];

/** Runs something in the folder of each environment. */
async function everywhere<T>(run: (folder: TerraformFolder, name: string) => Promise<T>): Promise<T[]> {
  return Promise.all([...clusters].map(([name, folder]) => run(folder, name)));
}

interface Change {
  readonly address: string;
  readonly mode: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

/** What a plan would do in one environment: the address without its hash, the action, and the arguments that differ. */
async function plannedIn(folder: TerraformFolder, name: string): Promise<readonly string[]> {
  await folder.succeed("plan", "-input=false", "-no-color", "-out=plan");
  const plan = JSON.parse(await folder.succeed("show", "-json", "plan")) as {
    resource_changes?: readonly Change[];
  };
  return (plan.resource_changes ?? [])
    .filter(({ mode, change }) => mode === "managed" && change.actions.join() !== "no-op")
    .map(({ address, change: { actions, before, after } }) => {
      const keys = Object.keys({ ...before, ...after }).filter(
        (key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]),
      );
      return `${name}: ${address.replace(/_[0-9A-F]{8}$/, "")} ${actions.join()} ${keys.sort().join()}`;
    });
}

/** What plans would do in all of them. */
async function planned(): Promise<readonly string[]> {
  return (await everywhere(plannedIn)).flat().sort();
}

/** What follows the version of one environment's cluster. */
function upgradeOf(name: string): readonly string[] {
  // Auto Mode has neither groups nor add-ons of its own there.
  const own = environments.find((one) => one.name === name && one !== environments.at(-1));
  // What an image of one's own brings, EKS does not upgrade.
  const first = own !== undefined && own === environments[0];
  const groups = [...Object.keys(own?.cluster.nodeGroups ?? {}), ...(first ? ["joined"] : [])];
  // A release of Bottlerocket is one for all minors.
  return [
    ...groups.map(
      (group) =>
        `${name}: aws_eks_node_group.cluster_node-groups_${group}_node-group update release_version,version`,
    ),
    ...(first ? [`${name}: aws_eks_node_group.cluster_node-groups_rocket_node-group update version`] : []),
    ...(own ? [`${name}: aws_eks_addon.cluster_addons_kube-proxy_addon update addon_version`] : []),
    `${name}: aws_eks_cluster.cluster update version`,
    `${name}: aws_ssm_parameter.contract update insecure_value,value`,
  ].sort();
}

async function apply(folder: TerraformFolder): Promise<void> {
  await folder.succeed("apply", "-input=false", "-no-color", "-auto-approve");
}

test("dev, staging and prod: applied, no second change, upgraded in place by one minor, destroyed", async () => {
  network.write("main.tf.json", JSON.stringify(networkConfiguration(["a", "b", "c", "e"])));
  await network.succeed("init", "-input=false", "-no-color");
  await apply(network);

  write();
  await everywhere((folder) => folder.succeed("init", "-input=false", "-no-color"));
  await everywhere(apply);
  expect(await planned()).toEqual([]);

  // One zone more, before the others, and one less: the clusters stay where they are, and as they are.
  network.write("main.tf.json", JSON.stringify(networkConfiguration(["d", "a", "b", "c"])));
  await apply(network);
  expect(await planned()).toEqual([]);

  // One overlay's minor: nothing of the others, nothing replaced, and only what follows the version.
  write(["dev"]);
  expect(await planned()).toEqual(upgradeOf("dev"));
  const names = environments.map(({ name }) => name);
  write(names);
  expect(await planned()).toEqual(names.flatMap(upgradeOf).sort());
  await everywhere((folder) => folder.succeed("apply", "-input=false", "-no-color", "plan"));
  expect(await planned()).toEqual([]);

  // Own images, nodeadm, Bottlerocket, Fargate and Auto Mode, each changed.
  write(names, "1.36", true);
  const withoutArguments = (changes: readonly string[]) => changes.map((one) => one.replace(/ [^ ]*$/, ""));
  expect(withoutArguments(await planned())).toEqual(
    [...CHANGED.map((one) => `dev: ${one}`), "prod: aws_eks_cluster.cluster update"].sort(),
  );
  await everywhere((folder) => folder.succeed("apply", "-input=false", "-no-color", "plan"));
  expect(await planned()).toEqual([]);

  await everywhere((folder) => folder.succeed("destroy", "-input=false", "-no-color", "-auto-approve"));
  expect((await everywhere((folder) => folder.succeed("state", "list"))).join("").trim()).toBe("");
}, 900_000);

test("the add-ons that an upgrade changes are those whose pinned build differs", () => {
  const [from, to] = [ADDON_VERSIONS["1.35"], ADDON_VERSIONS["1.36"]];
  const differing = Object.entries(from).filter(([name, build]) => to[name as keyof typeof to] !== build);
  expect(differing.map(([name]) => name)).toEqual(["kube-proxy"]);
});
