import { randomBytes, randomUUID } from "node:crypto";
import { letNodesIn } from "./access-entries";
import { EksError, invalid } from "./error";
import { type Input, listOf, mapOf, now, numberOf, objectOf, objectsOf, optionalText, textOf } from "./input";
import type { LaunchTemplate, Neighbours } from "./neighbours";
import { type Asked, activeClusterOf, arnOf, clusterOf, type Operation, page } from "./operation";
import { begin, beginUpdate, isUnderWay, updateUnderWay } from "./progress";
import { requireRole } from "./roles";
import { type Changing, type ClusterRecord, held } from "./state";
import { tagsOf } from "./tags";
import { ahead, offered } from "./versions";

const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html#AmazonEKS-Type-Nodegroup-amiType */
const AMI_TYPE =
  /^(?:AL2_(?:x86_64|x86_64_GPU|ARM_64)|CUSTOM|BOTTLEROCKET_(?:ARM_64|x86_64)(?:_NVIDIA)?(?:_FIPS)?|WINDOWS_(?:CORE|FULL)_20(?:19|22|25)_x86_64|AL2023_(?:x86_64|ARM_64)_STANDARD|AL2023_x86_64_(?:NEURON|NVIDIA)|AL2023_ARM_64_NVIDIA)$/;

/** Day of the node images that are played, by which their releases are named. */
const IMAGES_OF = "20261110";

/** Gibibytes of a node's disk when none are asked for. */
const DISK = 20;

/** What a launch template for a node group cannot have. @see https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html */
const NOT_IN_TEMPLATE = ["iamInstanceProfile", "hibernationOptions", "instanceMarketOptions"];

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html */
export const nodeGroups: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/node-groups": async (asked) => {
    const { input, neighbours, place } = asked;
    const record = activeClusterOf(asked);
    const { cluster } = record;
    const name = textOf(input, "nodegroupName", NAME);
    free(record, name);
    const nodeRole = textOf(input, "nodeRole", /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/);
    const version = versionOf(record, optionalText(input, "version"));
    const instanceTypes = listOf(input, "instanceTypes");
    const settings = {
      capacityType: textOf(
        { capacityType: "ON_DEMAND", ...input },
        "capacityType",
        /^(?:ON_DEMAND|SPOT|CAPACITY_BLOCK)$/,
      ),
      scalingConfig: scalingOf(objectOf(input, "scalingConfig")),
      labels: labelsOf(mapOf(input, "labels")),
      taints: taintsOf(objectsOf(input, "taints")),
      updateConfig: updateConfigOf(objectOf(input, "updateConfig")),
      nodeRepairConfig: objectOf(input, "nodeRepairConfig") ?? { enabled: false },
      tags: tagsOf(input),
    };
    await requireRole(neighbours, nodeRole);
    const subnets = listOf(input, "subnets");
    if (subnets.length === 0) throw invalid("subnets is a required parameter", { nodegroupName: name });
    const found = await neighbours.subnets(subnets);
    if (found.some(({ vpc }) => vpc !== cluster.resourcesVpcConfig.vpcId)) {
      throw invalid("Subnets must be in the VPC of the cluster", { nodegroupName: name });
    }
    const machine = await machineOf(neighbours, input, instanceTypes, version);
    free(record, name);
    const id = randomUUID();
    const group: Changing = {
      nodegroupName: name,
      nodegroupArn: arnOf(place, `nodegroup/${cluster.name}/${name}/${id}`),
      clusterName: cluster.name,
      version,
      createdAt: now(),
      modifiedAt: now(),
      status: "CREATING",
      subnets,
      nodeRole,
      ...machine,
      ...settings,
      ...(objectOf(input, "remoteAccess") ? { remoteAccess: input.remoteAccess } : {}),
      resources: resourcesOf(input, name, id),
      health: { issues: [] },
    };
    record.nodegroups[name] = group;
    letNodesIn(record, place, nodeRole, "EC2_LINUX");
    begin(record, `nodegroup/${name}`);
    return { nodegroup: group };
  },

  "GET /clusters/{name}/node-groups": (asked) => {
    const { items, ...next } = page(Object.keys(clusterOf(asked).nodegroups).sort(), asked.query);
    return { nodegroups: items, ...next };
  },

  "GET /clusters/{name}/node-groups/{nodegroupName}": (asked) => {
    const [record, name, group] = existing(asked);
    if (isUnderWay(record, `nodegroup/${name}`)) return { nodegroup: group };
    if (group.status !== "DELETING") {
      group.status = "ACTIVE";
      return { nodegroup: group };
    }
    delete record.nodegroups[name];
    shutNodesOut(record, group);
    throw missing(asked, name);
  },

  "DELETE /clusters/{name}/node-groups/{nodegroupName}": (asked) => {
    const [record, name, group] = existing(asked);
    group.status = "DELETING";
    begin(record, `nodegroup/${name}`);
    return { nodegroup: group };
  },

  "POST /clusters/{name}/node-groups/{nodegroupName}/update-config": (asked) => {
    const [record, name, group] = idle(asked);
    const { input } = asked;
    const labels = objectOf(input, "labels") ?? {};
    const taints = objectOf(input, "taints") ?? {};
    const kept = Object.entries(group.labels as Record<string, string>).filter(
      ([key]) => !listOf(labels, "removeLabels").includes(key),
    );
    const added = taintsOf(objectsOf(taints, "addOrUpdateTaints"));
    const gone = new Set([...objectsOf(taints, "removeTaints"), ...added].map(keyOf));
    const before = { ...(group.scalingConfig as object), ...(objectOf(input, "scalingConfig") ?? {}) };
    Object.assign(group, {
      labels: { ...Object.fromEntries(kept), ...labelsOf(mapOf(labels, "addOrUpdateLabels")) },
      taints: [...(group.taints as Input[]).filter((taint) => !gone.has(keyOf(taint))), ...added],
      scalingConfig: scalingOf(before),
      ...(objectOf(input, "updateConfig")
        ? { updateConfig: updateConfigOf(objectOf(input, "updateConfig")) }
        : {}),
      ...(objectOf(input, "nodeRepairConfig") ? { nodeRepairConfig: input.nodeRepairConfig } : {}),
      status: "UPDATING",
      modifiedAt: now(),
    });
    return { update: beginUpdate(record, `nodegroup/${name}`, "ConfigUpdate", paramsOf(input)) };
  },

  "POST /clusters/{name}/node-groups/{nodegroupName}/update-version": async (asked) => {
    const [record, name, group] = idle(asked);
    const { input, neighbours } = asked;
    const version = versionOf(record, optionalText(input, "version") ?? nextVersion(record, group, input));
    if (ahead(version, String(group.version)) < 0) {
      throw invalid(`Nodegroup version cannot go back from ${String(group.version)} to ${version}`);
    }
    const wanted = objectOf(input, "launchTemplate");
    if (!wanted !== !group.launchTemplate) {
      throw invalid(
        wanted
          ? "You cannot specify a launch template for a nodegroup that was made without one"
          : "You must specify the launch template of the nodegroup",
        { nodegroupName: name },
      );
    }
    const machine = await machineOf(neighbours, { ...group, ...input }, [], version);
    idle(asked);
    const { releaseVersion, launchTemplate } = machine;
    Object.assign(group, { version, releaseVersion, status: "UPDATING", modifiedAt: now() });
    if (launchTemplate) group.launchTemplate = launchTemplate;
    const params = {
      Version: version,
      ReleaseVersion: releaseVersion,
      ...(launchTemplate
        ? { LaunchTemplateName: launchTemplate.name, LaunchTemplateVersion: launchTemplate.version }
        : {}),
    };
    return { update: beginUpdate(record, `nodegroup/${name}`, "VersionUpdate", params) };
  },
};

/** The version of a node group: the cluster's, or an older one that still works with it. */
function versionOf({ cluster }: ClusterRecord, asked = cluster.version): string {
  offered(asked);
  const behind = ahead(cluster.version, asked);
  if (behind >= 0 && behind <= 3) return asked;
  throw invalid(
    `Nodegroup Kubernetes version ${asked} is invalid: the cluster's is ${cluster.version}, and nodes may be up to 3 minor versions behind it`,
  );
}

/** An update that names no version takes the cluster's; one of the launch template alone stays. */
function nextVersion({ cluster }: ClusterRecord, group: Changing, input: Input): string {
  return objectOf(input, "launchTemplate") || input.releaseVersion !== undefined
    ? String(group.version)
    : cluster.version;
}

/** What the nodes are made of. */
interface Machine {
  readonly amiType: string;
  readonly releaseVersion: string;
  readonly instanceTypes?: readonly string[];
  readonly diskSize?: number;
  readonly launchTemplate?: { readonly id: string; readonly name: string; readonly version: string };
}

async function machineOf(
  neighbours: Neighbours,
  input: Input,
  instanceTypes: readonly string[],
  version: string,
): Promise<Machine> {
  const amiType = textOf({ amiType: defaultImage(instanceTypes), ...input }, "amiType", AMI_TYPE);
  if (amiType.startsWith("AL2_") && ahead(version, "1.32") > 0) {
    throw invalid(`AMI Type ${amiType} is only supported for kubernetes versions 1.32 or earlier`);
  }
  const release = optionalText(input, "releaseVersion");
  const { patch } = offered(version);
  // A release that the group has already is of its old version.
  const releaseVersion = release?.startsWith(version) ? release : `${patch}-${IMAGES_OF}`;
  const wanted = objectOf(input, "launchTemplate");
  if (!wanted) {
    const diskSize = numberOf(input, "diskSize", 1, 16_384) ?? DISK;
    return {
      amiType,
      releaseVersion,
      instanceTypes: instanceTypes.length > 0 ? instanceTypes : ["t3.medium"],
      diskSize,
    };
  }
  const template = await templateOf(neighbours, wanted);
  const image = template.data.imageId;
  refuseInTemplate(template, input, instanceTypes);
  const { id, name, version: number } = template;
  const own = typeof template.data.instanceType === "string";
  return {
    amiType: typeof image === "string" ? "CUSTOM" : amiType,
    releaseVersion: typeof image === "string" ? image : releaseVersion,
    ...(own ? {} : { instanceTypes: instanceTypes.length > 0 ? instanceTypes : ["t3.medium"] }),
    launchTemplate: { id, name, version: number },
  };
}

function defaultImage([instance]: readonly string[]): string {
  // Families of AWS's own processors have a g after the generation: m7g, c8gd, t4g.
  return /^[a-z]+\d+g/.test(instance ?? "") ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
}

function templateOf(neighbours: Neighbours, wanted: Input): Promise<LaunchTemplate> {
  const id = optionalText(wanted, "id");
  const name = optionalText(wanted, "name");
  const version = optionalText(wanted, "version");
  if ((id === undefined) === (name === undefined)) {
    throw invalid("Either provide launch template ID or launch template name in the request.");
  }
  return neighbours.launchTemplate({
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  });
}

function refuseInTemplate({ data }: LaunchTemplate, input: Input, instanceTypes: readonly string[]): void {
  const fault = NOT_IN_TEMPLATE.find((key) => data[key] !== undefined && data[key] !== "");
  if (fault !== undefined)
    throw invalid(`Launch template has ${fault}, which a managed nodegroup cannot take`);
  if (input.diskSize !== undefined) throw invalid("Disk size must be specified within the launch template.");
  if (objectOf(input, "remoteAccess")) {
    throw invalid("Remote access configuration cannot be specified with a launch template.");
  }
  if (instanceTypes.length > 0 && typeof data.instanceType === "string") {
    throw invalid("Instance types cannot be specified when launch template specifies an instance type.");
  }
}

function scalingOf(input: Input = {}): object {
  const minSize = numberOf(input, "minSize", 0, 450) ?? 1;
  const maxSize = numberOf(input, "maxSize", 1, 450) ?? 2;
  const desiredSize = numberOf(input, "desiredSize", 0, 450) ?? Math.max(minSize, Math.min(2, maxSize));
  if (minSize > desiredSize) {
    throw invalid(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`);
  }
  if (desiredSize > maxSize) {
    throw invalid(`desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
  }
  return { minSize, maxSize, desiredSize };
}

function updateConfigOf(input: Input = {}): object {
  const maxUnavailable = numberOf(input, "maxUnavailable", 1, 100);
  const maxUnavailablePercentage = numberOf(input, "maxUnavailablePercentage", 1, 100);
  if (maxUnavailable !== undefined && maxUnavailablePercentage !== undefined) {
    throw invalid("maxUnavailable and maxUnavailablePercentage cannot be given together");
  }
  const strategy = optionalText(input, "updateStrategy", /^(?:DEFAULT|MINIMAL)$/);
  return {
    ...(maxUnavailablePercentage === undefined
      ? { maxUnavailable: maxUnavailable ?? 1 }
      : { maxUnavailablePercentage }),
    ...(strategy === undefined ? {} : { updateStrategy: strategy }),
  };
}

function labelsOf(labels: Record<string, string>): Record<string, string> {
  const value = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
  const wrong = Object.keys(labels).find((key) => !value.test(labels[key] ?? "") || key.length > 316);
  if (wrong !== undefined) throw invalid(`Label cannot be ${wrong}=${labels[wrong]}`);
  return labels;
}

function taintsOf(taints: readonly Input[]): readonly Input[] {
  if (taints.length > 50) throw invalid("Maximum of 50 taints are allowed");
  for (const taint of taints) {
    textOf(taint, "key", /^.{1,63}$/);
    textOf(taint, "effect", /^(?:NO_SCHEDULE|NO_EXECUTE|PREFER_NO_SCHEDULE)$/);
  }
  return taints;
}

/** What makes a taint another one. */
function keyOf({ key, effect }: Input): string {
  return `${String(key)}:${String(effect)}`;
}

function resourcesOf(input: Input, name: string, id: string): object {
  const group = { autoScalingGroups: [{ name: `eks-${name}-${id}` }] };
  if (!objectOf(input, "remoteAccess")) return group;
  return { ...group, remoteAccessSecurityGroup: `sg-${randomBytes(9).toString("hex").slice(0, 17)}` };
}

function paramsOf(input: Input): Record<string, unknown> {
  const scaling = objectOf(input, "scalingConfig") ?? {};
  const labels = objectOf(input, "labels") ?? {};
  const taints = objectOf(input, "taints") ?? {};
  const update = objectOf(input, "updateConfig") ?? {};
  const all = {
    MinSize: scaling.minSize,
    MaxSize: scaling.maxSize,
    DesiredSize: scaling.desiredSize,
    LabelsToAdd: labels.addOrUpdateLabels,
    LabelsToRemove: labels.removeLabels,
    TaintsToAdd: taints.addOrUpdateTaints,
    TaintsToRemove: taints.removeTaints,
    MaxUnavailable: update.maxUnavailable,
    MaxUnavailablePercentage: update.maxUnavailablePercentage,
    NodeRepairConfig: input.nodeRepairConfig,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The last node group of a role takes its access entry with it. */
function shutNodesOut(record: ClusterRecord, { nodeRole }: Changing): void {
  if (Object.values(record.nodegroups).some((group) => group.nodeRole === nodeRole)) return;
  const entry = record.accessEntries[String(nodeRole)]?.entry;
  if (entry && entry.type !== "STANDARD") delete record.accessEntries[String(nodeRole)];
}

function free({ cluster, nodegroups }: ClusterRecord, nodegroupName: string): void {
  if (!held(nodegroups, nodegroupName)) return;
  const clusterName = cluster.name;
  throw new EksError(
    "ResourceInUseException",
    `NodeGroup already exists with name ${nodegroupName} and cluster name ${clusterName}`,
    { clusterName, nodegroupName },
  );
}

function existing(asked: Asked): [ClusterRecord, string, Changing] {
  const record = clusterOf(asked);
  const name = asked.path.nodegroupName ?? "";
  const group = held(record.nodegroups, name);
  if (group) return [record, name, group];
  throw missing(asked, name);
}

function idle(asked: Asked): [ClusterRecord, string, Changing] {
  const found = existing(asked);
  const [record, name, group] = found;
  if (group.status === "ACTIVE") return found;
  const update = updateUnderWay(record, `nodegroup/${name}`);
  throw new EksError(
    "ResourceInUseException",
    update
      ? `Nodegroup ${name} currently has update ${update.id} in progress`
      : `Nodegroup ${name} is in ${group.status} status`,
    { clusterName: record.cluster.name, nodegroupName: name },
  );
}

function missing({ path }: Asked, nodegroupName: string): EksError {
  return new EksError("ResourceNotFoundException", `No node group found for name: ${nodegroupName}.`, {
    clusterName: path.name ?? "",
    nodegroupName,
  });
}
