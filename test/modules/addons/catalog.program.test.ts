import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  addonNames,
  CHART_ADDONS,
  type ChartAddon,
  EKS_ADDONS,
  type EksAddon,
  OPTIONAL_EKS_ADDONS,
  onOff,
  type SettingsOf,
} from "@groundplan/modules/addons";
import { SynthError } from "@groundplan/modules/core";
import { type AddonsProps, bridgeSecret, Addons as ChartAddons } from "@groundplan/modules/gitops";
import { TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { Addons as EksAddons } from "../../../modules/cluster/addons";
import { Synthesized } from "../network/synthesized";
import { cluster } from "./cluster";

/** An add-on that nobody has written: what its file would hold. */
const secretStore: ChartAddon = {
  chart: {
    repository: "https://charts.example.com",
    name: "secret-store",
    version: "1.2.3",
    appVersion: "1.2.3",
    released: "2026-11-01",
  },
  install: ({ region, account }) => ({
    namespace: "secret-store",
    ownNamespace: true,
    serviceAccount: "secret-store",
    policies: {
      secrets: [
        {
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: `arn:aws:secretsmanager:${region}:${account}:secret:apps/*`,
        },
      ],
    },
    values: { replicas: 2 },
    customResources: {
      id: "stores",
      releaseName: "secret-stores",
      manifests: [{ apiVersion: "example.com/v1", kind: "Store", metadata: { name: "aws" } }],
    },
  }),
};

/** The registry with one row more. */
const ROWS = { ...CHART_ADDONS, secretStore: onOff(secretStore) };

function install(settings: SettingsOf<typeof ROWS>, rows: AddonsProps["rows"] = ROWS) {
  const stack = new TerraformStack(Testing.app(), "test");
  const addons = new ChartAddons(stack, "addons", { platform: "groundplan", cluster, settings, rows });
  return { facts: addons.facts, synthesized: new Synthesized(stack) };
}

const bridge = (addons: ReturnType<typeof install>["facts"], knownAddons?: readonly string[]) =>
  bridgeSecret({
    cluster: "groundplan-dev",
    environment: "dev",
    account: cluster.account,
    region: cluster.region,
    vpcId: cluster.vpcId,
    addons,
    ...(knownAddons ? { knownAddons } : {}),
  });

test("a row more is a release, a namespace, a role and custom resources", () => {
  const { synthesized } = install({ secretStore: true });
  expect(Object.values(synthesized.all("helm_release"))).toMatchObject([
    { name: "secret-store", version: "1.2.3", namespace: "secret-store" },
    { name: "secret-stores" },
  ]);
  expect(synthesized.paths("helm_release")).toEqual([
    "addons/secret-store/release",
    "addons/secret-store/stores/release",
  ]);
  expect(synthesized.one("kubernetes_namespace_v1").metadata).toMatchObject({ name: "secret-store" });
  expect(synthesized.one("aws_iam_role").name).toBe("groundplan-dev-secret-store-us-east-1");
});

test("a row more has its label and its annotations in the bridge", () => {
  const { metadata } = bridge(install({ secretStore: true, metricsServer: true }).facts, addonNames(ROWS));
  expect(metadata.labels).toMatchObject({ enable_metrics_server: "true", enable_secret_store: "true" });
  expect(metadata.annotations).toMatchObject({
    secret_store_namespace: "secret-store",
    secret_store_service_account: "secret-store",
    secret_store_iam_role_arn: expect.stringContaining("TOKEN"),
  });
});

test("the bridge refuses an add-on without a row", () => {
  expect(() => bridge(install({ secretStore: true }).facts)).toThrow(
    'add-on "secret_store" is not one that the bridge knows',
  );
});

test("a row more is a setting of its type, and no other setting compiles", () => {
  const settings: SettingsOf<typeof ROWS> = { secretStore: true };
  // @ts-expect-error the setting is on or off
  const wrong: SettingsOf<typeof ROWS> = { secretStore: "on" };
  // @ts-expect-error the registry itself has no such row
  const missing: SettingsOf<typeof CHART_ADDONS> = { secretStore: true };
  expect(install(settings).synthesized.paths("aws_iam_role")).toHaveLength(1);
  expect(() => install(wrong)).toThrow('secretStore is "on"');
  expect(install(missing, CHART_ADDONS).facts).toEqual({});
});

test("what is left out, or off, is not installed", () => {
  expect(install({}).facts).toEqual({});
  expect(install({ secretStore: false }).facts).toEqual({});
});

/** An EKS add-on that nobody has written. */
const filesystems = {
  name: "aws-fsx-csi-driver",
  build: "v8.2.0-eksbuild.1",
  stands: "after-nodes",
  rights: { serviceAccount: "filesystems", policy: "AmazonFSxFullAccess" },
  configuration: { replicas: 2 },
} as const satisfies EksAddon;

function eks(rows: readonly EksAddon[]) {
  const stack = new TerraformStack(Testing.app(), "test");
  const group = { fqn: "aws_eks_node_group.general" };
  const { clusterName, clusterArn, account, region } = cluster;
  const place = { clusterName, clusterArn, account, region };
  const addons = new EksAddons(stack as Construct, "addons", {
    ...place,
    kubernetesVersion: "1.35",
    versions: {},
    settings: {},
    cluster: { fqn: "aws_eks_cluster.cluster" },
    rows,
  });
  addons.addAfterNodes([group]);
  return new Synthesized(stack);
}

test("an EKS add-on is a row more as well: pinned, with its role, after the nodes", () => {
  const before = eks(EKS_ADDONS);
  const after = eks([...EKS_ADDONS, filesystems]);
  expect(
    after.paths("aws_eks_addon").filter((path) => !before.paths("aws_eks_addon").includes(path)),
  ).toEqual(["addons/aws-fsx-csi-driver/addon"]);
  expect(after.one("aws_eks_addon", "addons/aws-fsx-csi-driver/addon")).toMatchObject({
    addon_version: "v8.2.0-eksbuild.1",
    configuration_values: '{"replicas":2}',
    pod_identity_association: [{ service_account: "filesystems" }],
    depends_on: expect.arrayContaining(["aws_eks_node_group.general"]),
  });
});

test("every chart and every EKS add-on has one row, under a name of its own", () => {
  for (const names of [addonNames(), [...EKS_ADDONS, ...OPTIONAL_EKS_ADDONS].map(({ name }) => name)]) {
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(4);
  }
});

test("an overlay's checks read the registry and load no constructs", () => {
  const loads = (module: string) => {
    const script = `require(${JSON.stringify(join(__dirname, "..", "..", "..", "modules", "dist", module))});
      console.log(Object.keys(require.cache).filter((path) => /node_modules.(cdktf|constructs|@cdktf)./.test(path)).length)`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    return Number(stdout);
  };
  expect(loads("addons/enabled.js")).toBe(0);
  // The same question of what does load them.
  expect(loads("gitops/addons.js")).toBeGreaterThan(0);
});

test("a setting's faults are thrown with the add-ons' path", () => {
  expect(() => install({ externalDns: { "Example.com": "Z0123456789" } })).toThrow(SynthError);
});
