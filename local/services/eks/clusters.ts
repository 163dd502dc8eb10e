import { randomBytes } from "node:crypto";
import { selfSignedCertificate } from "../../credentials/certificate";
import { bootstrapEntry } from "./access-entries";
import { EksError, invalid } from "./error";
import { choiceOf, flagOf, type Input, mapOf, now, objectOf, objectsOf, optionalText, textOf } from "./input";
import { loggingOf } from "./logging";
import { createdVpcConfig, networkOf } from "./network";
import { type Asked, about, arnOf, clusterOf, type Operation, page } from "./operation";
import { begin, isUnderWay } from "./progress";
import { requireTrust } from "./roles";
import { type Cluster, type ClusterRecord, held } from "./state";
import { tagsOf } from "./tags";
import { DEFAULT_VERSION, offered } from "./versions";

/** Name of a cluster. */
const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

const MODES = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"] as const;

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations_Amazon_Elastic_Kubernetes_Service.html */
export const clusters: Readonly<Record<string, Operation>> = {
  "POST /clusters": async (asked) => {
    const { input, place, clients } = asked;
    const name = textOf(input, "name", NAME);
    free(asked, name);
    const roleArn = textOf(input, "roleArn", /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/);
    const version = optionalText(input, "version") ?? DEFAULT_VERSION;
    const { platform } = offered(version);
    const accessInput = objectOf(input, "accessConfig") ?? {};
    const authenticationMode = choiceOf(accessInput, "authenticationMode", MODES);
    const settings = {
      logging: loggingOf(objectOf(input, "logging")),
      encryptionConfig: encryptionOf(input),
      upgradePolicy: upgradePolicyOf(objectOf(input, "upgradePolicy")),
      tags: tagsOf(input),
    };
    await requireTrust(clients, roleArn, "eks.amazonaws.com");
    const network = await networkOf(clients, input);
    const caller = await clients.caller();
    free(asked, name);
    const clusterSecurityGroupId = await createGroup(asked, name, network.vpcId);
    const cluster: Cluster = {
      name,
      arn: arnOf(place, `cluster/${name}`),
      createdAt: now(),
      version,
      roleArn,
      resourcesVpcConfig: { ...createdVpcConfig(network, input), clusterSecurityGroupId },
      kubernetesNetworkConfig: network.kubernetes,
      ...settings,
      identity: { oidc: { issuer: issuerOf(asked) } },
      status: "CREATING",
      platformVersion: platform,
      health: { issues: [] },
      accessConfig: { authenticationMode },
      deletionProtection: flagOf(input, "deletionProtection") ?? false,
      ...autoMode(input),
    };
    const record: ClusterRecord = {
      cluster,
      certificate: Buffer.from(selfSignedCertificate("kubernetes")).toString("base64"),
      nodegroups: {},
      fargateProfiles: {},
      addons: {},
      accessEntries: {},
      podIdentities: {},
      identityProviders: {},
      updates: {},
      underWay: {},
    };
    if (
      (flagOf(accessInput, "bootstrapClusterCreatorAdminPermissions") ?? true) &&
      authenticationMode !== "CONFIG_MAP"
    ) {
      bootstrapEntry(record, place, caller);
    }
    asked.clusters[name] = record;
    begin(record, "cluster");
    return { cluster };
  },

  "GET /clusters": ({ clusters, query }) => {
    const { items, ...next } = page(Object.keys(clusters).sort(), query);
    return { clusters: items, ...next };
  },

  "GET /clusters/{name}": (asked) => {
    const record = clusterOf(asked);
    if (!isUnderWay(record, "cluster")) record.cluster.status = "ACTIVE";
    return { cluster: described(asked, record) };
  },

  "DELETE /clusters/{name}": async (asked) => {
    const record = clusterOf(asked);
    const { cluster } = record;
    const inUse = (message: string) => new EksError("ResourceInUseException", message, about(cluster));
    if (cluster.deletionProtection) {
      throw new EksError(
        "InvalidRequestException",
        `Cluster ${cluster.name} cannot be deleted because deletion protection is enabled`,
        about(cluster),
      );
    }
    if (Object.keys(record.nodegroups).length > 0) throw inUse("Cluster has nodegroups attached");
    if (Object.keys(record.fargateProfiles).length > 0) throw inUse("Cluster has fargate profiles attached");
    delete asked.clusters[cluster.name];
    // As EKS does: a group that something else still uses stays behind.
    await asked.clients.deleteGroup(cluster.resourcesVpcConfig.clusterSecurityGroupId);
    return { cluster: { ...described(asked, record), status: "DELETING" } };
  },
};

/** A cluster as the API describes it: one that is coming has neither an endpoint nor a certificate yet. */
export function described({ access }: Asked, record: ClusterRecord): object {
  const { cluster } = record;
  if (cluster.status === "CREATING") return { ...cluster, certificateAuthority: {} };
  const { endpoint, certificateAuthorityData } = access(record);
  return { ...cluster, endpoint, certificateAuthority: { data: certificateAuthorityData } };
}

/** How long a version is kept. @see https://docs.aws.amazon.com/eks/latest/APIReference/API_UpgradePolicyRequest.html */
export function upgradePolicyOf(input: Input = {}): { supportType: string } {
  return { supportType: choiceOf(input, "supportType", ["EXTENDED", "STANDARD"]) };
}

/** Secrets are all that EKS encrypts with a key of the caller's. */
export function encryptionOf(input: Input): readonly object[] {
  const list = objectsOf(input, "encryptionConfig");
  if (list.length > 1) throw invalid("Only one encryptionConfig is allowed");
  return list.map((one) => {
    const resources = one.resources;
    if (!Array.isArray(resources) || resources.length !== 1 || resources[0] !== "secrets") {
      throw invalid("encryptionConfig resources is invalid: the only one is 'secrets'");
    }
    const keyArn = textOf(objectOf(one, "provider") ?? {}, "keyArn", /^arn:aws[a-z-]*:kms:/);
    return { resources, provider: { keyArn } };
  });
}

/** The settings of EKS Auto Mode, zonal shift and hybrid nodes, for who gives them. */
function autoMode(input: Input): Record<string, unknown> {
  const keys = [
    "computeConfig",
    "storageConfig",
    "zonalShiftConfig",
    "remoteNetworkConfig",
    "controlPlaneScalingConfig",
  ];
  return Object.fromEntries(keys.flatMap((key) => (objectOf(input, key) ? [[key, input[key]]] : [])));
}

function free({ clusters }: Asked, name: string): void {
  if (!held(clusters, name)) return;
  throw new EksError("ResourceInUseException", `Cluster already exists with name: ${name}`, {
    clusterName: name,
  });
}

function issuerOf({ place }: Asked): string {
  const suffix = place.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const id = randomBytes(16).toString("hex").toUpperCase();
  return `https://oidc.eks.${place.region}.${suffix}/id/${id}`;
}

/**
 * The group of the control plane's network interfaces and of the managed nodes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
 */
function createGroup({ clients, input }: Asked, name: string, vpc: string): Promise<string> {
  const group = `eks-cluster-sg-${name}-${randomBytes(4).readUInt32BE()}`;
  return clients.createGroup(
    group,
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.",
    vpc,
    {
      ...mapOf(input, "tags"),
      Name: group,
      "aws:eks:cluster-name": name,
      [`kubernetes.io/cluster/${name}`]: "owned",
    },
  );
}
