import { encryptionOf, upgradePolicyOf } from "./clusters";
import { EksError, invalid } from "./error";
import { choiceOf, flagOf, given, type Input, listOf, objectOf, textOf } from "./input";
import { type Logging, loggingOf } from "./logging";
import { changedSubnetsOf, endpointOf, groupsOf } from "./network";
import { type Asked, about, clusterOf, type Operation } from "./operation";
import { beginUpdate, updateUnderWay } from "./progress";
import type { Cluster, ClusterRecord, Update } from "./state";
import { ahead, offered } from "./versions";

/** A change of one kind: what it makes of the cluster, and what the update says of it. */
interface Change {
  readonly type: string;
  readonly settings: Partial<Cluster>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Reads what is asked of a part of the configuration. */
type Read = (asked: Asked, cluster: Cluster, part: Input) => Change | Promise<Change>;

/** Minors that nodes may be behind their control plane. @see https://kubernetes.io/releases/version-skew-policy/ */
const SKEW = 3;

const MODES = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"] as const;

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html */
export const clusterUpdates: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/update-config": async (asked) => {
    const record = idle(asked, "ConfigUpdate");
    const change = await changeOf(asked, record.cluster);
    // Something else may have begun while other services were asked.
    idle(asked, change.type);
    return { update: carryOut(record, change) };
  },

  "POST /clusters/{name}/updates": (asked) => {
    const record = idle(asked, "VersionUpdate");
    const { cluster } = record;
    const version = textOf(asked.input, "version");
    const { platform } = offered(version);
    const steps = ahead(version, cluster.version);
    if (steps === 0) throw invalid(`Cluster is already at version ${version}`, about(cluster));
    if (steps !== 1) {
      throw invalid(
        `Unsupported Kubernetes minor version update from ${cluster.version} to ${version}`,
        about(cluster),
      );
    }
    const late = Object.entries(record.nodegroups).filter(
      ([, group]) => ahead(version, String(group.version)) > SKEW,
    );
    if (late.length > 0) {
      throw invalid(
        `Nodegroups ${late.map(([name]) => name).join(", ")} must be updated to match cluster version ${cluster.version} before updating cluster version`,
        about(cluster),
      );
    }
    const settings = { version, platformVersion: platform };
    const params = { Version: version, PlatformVersion: platform };
    return { update: carryOut(record, { type: "VersionUpdate", settings, params }) };
  },

  "POST /clusters/{name}/encryption-config/associate": (asked) => {
    const record = idle(asked, "AssociateEncryptionConfig");
    const { cluster } = record;
    if (Array.isArray(cluster.encryptionConfig) && cluster.encryptionConfig.length > 0) {
      throw new EksError("InvalidRequestException", "Encryption is already enabled", about(cluster));
    }
    const encryptionConfig = encryptionOf(asked.input);
    if (encryptionConfig.length === 0) throw invalid("encryptionConfig is a required parameter");
    const settings = { encryptionConfig };
    const params = { EncryptionConfig: encryptionConfig };
    return { update: carryOut(record, { type: "AssociateEncryptionConfig", settings, params }) };
  },
};

function carryOut(record: ClusterRecord, { type, settings, params }: Change): Update {
  Object.assign(record.cluster, settings);
  record.cluster.status = "UPDATING";
  return beginUpdate(record, "cluster", type, params);
}

/** The cluster, when nothing is under way with it. */
function idle(asked: Asked, type: string): ClusterRecord {
  const record = clusterOf(asked);
  const { cluster } = record;
  const update = updateUnderWay(record, "cluster");
  if (update) {
    throw new EksError(
      "ResourceInUseException",
      `Cannot ${type} because cluster ${cluster.name} currently has update ${update.id} in progress`,
      about(cluster),
    );
  }
  if (cluster.status === "ACTIVE") return record;
  throw new EksError(
    "ResourceInUseException",
    `Cannot ${type} because cluster ${cluster.name} is in ${cluster.status} status`,
    about(cluster),
  );
}

async function changeOf(asked: Asked, cluster: Cluster): Promise<Change> {
  const parts = Object.entries(PARTS).filter(([key]) => asked.input[key] !== undefined);
  const [part, second] = parts;
  // The three of Auto Mode belong together.
  if (!part || (second && !parts.every(([, read]) => read === autoMode))) {
    throw invalid(
      part ? "Only one type of update can be allowed." : "No update was asked for",
      about(cluster),
    );
  }
  const [key, read] = part;
  return read(asked, cluster, objectOf(asked.input, key) ?? {});
}

const vpcConfig: Read = async ({ clients }, cluster, part) => {
  const before = cluster.resourcesVpcConfig;
  const subnets = part.subnetIds !== undefined;
  const groups = part.securityGroupIds !== undefined;
  if (!subnets && !groups) {
    const endpoint = endpointOf(part, before);
    if (JSON.stringify({ ...before, ...endpoint }) === JSON.stringify(before)) {
      throw invalid(
        `Cluster is already at the desired configuration with endpointPrivateAccess: ${endpoint.endpointPrivateAccess} , endpointPublicAccess: ${endpoint.endpointPublicAccess}, and Public Endpoint Restrictions: [${endpoint.publicAccessCidrs.join(", ")}]`,
        about(cluster),
      );
    }
    return {
      type: "EndpointAccessUpdate",
      settings: { resourcesVpcConfig: { ...before, ...endpoint } },
      params: {
        EndpointPublicAccess: endpoint.endpointPublicAccess,
        EndpointPrivateAccess: endpoint.endpointPrivateAccess,
        PublicAccessCidrs: endpoint.publicAccessCidrs,
      },
    };
  }
  const { vpcId, subnetIds } = subnets
    ? await changedSubnetsOf(clients, listOf(part, "subnetIds"), before)
    : before;
  const securityGroupIds = groups
    ? await groupsOf(clients, listOf(part, "securityGroupIds"), vpcId)
    : before.securityGroupIds;
  return {
    type: "VpcConfigUpdate",
    settings: { resourcesVpcConfig: { ...before, subnetIds, securityGroupIds } },
    params: { Subnets: subnetIds, SecurityGroups: securityGroupIds },
  };
};

const logging: Read = (_asked, cluster, part) => {
  const before = cluster.logging as Logging;
  const after = loggingOf(part, before);
  if (JSON.stringify(after) === JSON.stringify(before)) {
    throw invalid("No changes needed for the logging config provided", about(cluster));
  }
  return { type: "LoggingUpdate", settings: { logging: after }, params: { ClusterLogging: after } };
};

const accessConfig: Read = (_asked, cluster, part) => {
  const before = cluster.accessConfig.authenticationMode;
  const after = choiceOf(part, "authenticationMode", MODES);
  if (MODES.indexOf(after) < MODES.indexOf(before)) {
    throw invalid(`Unsupported authentication mode update from ${before} to ${after}`, about(cluster));
  }
  return {
    type: "AccessConfigUpdate",
    settings: { accessConfig: { authenticationMode: after } },
    params: { AuthenticationMode: after },
  };
};

const upgradePolicy: Read = (_asked, _cluster, part) => {
  const after = upgradePolicyOf(part);
  return {
    type: "UpgradePolicyUpdate",
    settings: { upgradePolicy: after },
    params: { UpgradePolicy: after },
  };
};

const autoMode: Read = ({ input }, cluster) => {
  const settings = given(input, ["computeConfig", "storageConfig"]);
  const network = objectOf(input, "kubernetesNetworkConfig") ?? {};
  const elasticLoadBalancing = objectOf(network, "elasticLoadBalancing");
  const kubernetesNetworkConfig = {
    ...cluster.kubernetesNetworkConfig,
    ...(elasticLoadBalancing ? { elasticLoadBalancing } : {}),
  };
  return {
    type: "AutoModeUpdate",
    settings: { ...settings, kubernetesNetworkConfig },
    params: {
      ComputeConfig: settings.computeConfig ?? {},
      StorageConfig: settings.storageConfig ?? {},
      KubernetesNetworkConfig: network,
    },
  };
};

const kept =
  (key: string, type: string, param: string): Read =>
  (_asked, _cluster, part) => ({ type, settings: { [key]: part }, params: { [param]: part } });

const deletionProtection: Read = ({ input }) => {
  const on = flagOf(input, "deletionProtection") ?? false;
  return {
    type: "DeletionProtectionUpdate",
    settings: { deletionProtection: on },
    params: { DeletionProtection: on },
  };
};

/** What can be changed, one at a time. */
const PARTS: Readonly<Record<string, Read>> = {
  resourcesVpcConfig: vpcConfig,
  logging,
  accessConfig,
  upgradePolicy,
  computeConfig: autoMode,
  storageConfig: autoMode,
  kubernetesNetworkConfig: autoMode,
  zonalShiftConfig: kept("zonalShiftConfig", "ZonalShiftConfigUpdate", "ZonalShiftConfig"),
  remoteNetworkConfig: kept("remoteNetworkConfig", "RemoteNetworkConfigUpdate", "RemoteNetworkConfig"),
  controlPlaneScalingConfig: kept(
    "controlPlaneScalingConfig",
    "ControlPlaneScalingConfigUpdate",
    "UpdatedTier",
  ),
  deletionProtection,
};
