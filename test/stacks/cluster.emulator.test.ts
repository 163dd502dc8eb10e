import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ADDON_VERSIONS, type KubernetesVersion } from "@groundplan/modules/cluster";
import { Testing } from "cdktf";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { ClusterStack } from "../../stacks/cluster";
import { type Emulator, startEmulator } from "../emulator";
import { TerraformFolder } from "../terraform";

const LOCK = readFileSync(join(__dirname, "..", "..", ".terraform.lock.hcl"), "utf8");

let emulator: Emulator;
let network: TerraformFolder;
let clusters: TerraformFolder;

beforeAll(async () => {
  emulator = await startEmulator();
  network = new TerraformFolder(emulator.environment, emulator.provider);
  clusters = new TerraformFolder(emulator.environment);
}, 180_000);

afterAll(async () => {
  network?.remove();
  clusters?.remove();
  await emulator?.stop();
}, 60_000);

/** A VPC with two subnets, published as the network of every environment: quicker than three whole ones. */
function networkConfiguration(): object {
  const subnet = (zone: string, third: number) => ({
    vpc_id: "${aws_vpc.all.id}",
    cidr_block: `10.0.${third}.0/24`,
    availability_zone: `us-east-1${zone}`,
  });
  const contract =
    "${jsonencode({ vpcId = aws_vpc.all.id, privateSubnetIds = [aws_subnet.a.id, aws_subnet.b.id] })}";
  const parameters = environments.map(({ name }) => [
    name,
    { name: `/groundplan/${name}/network`, type: "String", insecure_value: contract },
  ]);
  return {
    provider: { aws: { region: "us-east-1" } },
    resource: {
      aws_vpc: { all: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: { a: subnet("a", 1), b: subnet("b", 2) },
      aws_ssm_parameter: Object.fromEntries(parameters),
    },
  };
}

/**
 * Writes the cluster stacks of all environments as modules of one configuration: the provider starts once for all.
 *
 * @param raised - environments whose overlay has this version instead of its own.
 */
function write(raised: readonly string[] = [], version: KubernetesVersion = "1.36"): void {
  const modules = environments.map(({ name }) => [name, { source: `./${name}` }]);
  clusters.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(modules) }));
  for (const environment of environments) {
    const cluster = raised.includes(environment.name)
      ? { ...environment.cluster, kubernetesVersion: version }
      : environment.cluster;
    const stack = new ClusterStack(Testing.app(), { platform, environment: { ...environment, cluster } });
    const configuration = JSON.parse(Testing.synth(stack));
    delete configuration.terraform.backend;
    clusters.write(`${environment.name}/cdk.tf.json`, JSON.stringify(configuration));
  }
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

/** What a plan would do: the address without its hash, the action, and the arguments that differ. */
async function planned(): Promise<readonly string[]> {
  await clusters.succeed("plan", "-input=false", "-no-color", "-out=plan");
  const plan = JSON.parse(await clusters.succeed("show", "-json", "plan")) as {
    resource_changes?: readonly Change[];
  };
  return (plan.resource_changes ?? [])
    .filter(({ mode, change }) => mode === "managed" && change.actions.join() !== "no-op")
    .map(({ address, change: { actions, before, after } }) => {
      const keys = Object.keys({ ...before, ...after }).filter(
        (key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]),
      );
      return `${address.replace(/_[0-9A-F]{8}$/, "")} ${actions.join()} ${keys.sort().join()}`;
    })
    .sort();
}

/** What follows the version of one environment's cluster. */
function upgradeOf(name: string): readonly string[] {
  const groups = Object.keys(environments.find((one) => one.name === name)?.cluster.nodeGroups ?? {});
  return [
    ...groups.map(
      (group) => `module.${name}.aws_eks_node_group.cluster_node-groups_${group}_node-group update version`,
    ),
    `module.${name}.aws_eks_addon.cluster_addons_kube-proxy_addon update addon_version`,
    `module.${name}.aws_eks_cluster.cluster update version`,
    `module.${name}.aws_ssm_parameter.contract update insecure_value,value`,
  ].sort();
}

async function apply(folder: TerraformFolder): Promise<void> {
  await folder.succeed("apply", "-input=false", "-no-color", "-auto-approve");
}

test("dev, staging and prod: applied, no second change, upgraded in place by one minor, destroyed", async () => {
  network.write("main.tf.json", JSON.stringify(networkConfiguration()));
  network.write(".terraform.lock.hcl", LOCK);
  await network.succeed("init", "-input=false", "-no-color");
  await apply(network);

  write();
  clusters.write(".terraform.lock.hcl", LOCK);
  await clusters.succeed("init", "-input=false", "-no-color");
  await apply(clusters);
  expect(await planned()).toEqual([]);

  // One overlay's minor: nothing of the others, nothing replaced, and only what follows the version.
  write(["dev"]);
  expect(await planned()).toEqual(upgradeOf("dev"));
  const everywhere = environments.map(({ name }) => name);
  write(everywhere);
  expect(await planned()).toEqual(everywhere.flatMap(upgradeOf).sort());
  await clusters.succeed("apply", "-input=false", "-no-color", "plan");
  expect(await planned()).toEqual([]);

  await clusters.succeed("destroy", "-input=false", "-no-color", "-auto-approve");
  expect((await clusters.succeed("state", "list")).trim()).toBe("");
}, 900_000);

test("the add-ons that an upgrade changes are those whose pinned build differs", () => {
  const [from, to] = [ADDON_VERSIONS["1.35"], ADDON_VERSIONS["1.36"]];
  const differing = Object.entries(from).filter(([name, build]) => to[name as keyof typeof to] !== build);
  expect(differing.map(([name]) => name)).toEqual(["kube-proxy"]);
});
