import { randomBytes, randomUUID } from "node:crypto";
import { letNodesIn } from "./access-entries";
import { EksError, invalid } from "./error";
import { type Input, listOf, mapOf, now, objectOf, objectsOf, optionalText, textOf } from "./input";
import { machineOf } from "./node-machine";
import { keyOf, labelsOf, paramsOf, scalingOf, taintsOf, updateConfigOf } from "./node-settings";
import { type Asked, activeClusterOf, arnOf, clusterOf, type Operation, page } from "./operation";
import { begin, beginUpdate, isUnderWay, updateUnderWay } from "./progress";
import { requireRole } from "./roles";
import { type Changing, type ClusterRecord, held } from "./state";
import { tagsOf } from "./tags";
import { ahead, offered } from "./versions";

const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html */
export const nodeGroups: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/node-groups": async (asked) => {
    const { input, clients, place } = asked;
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
    await requireRole(clients, nodeRole);
    const subnets = listOf(input, "subnets");
    if (subnets.length === 0) throw invalid("subnets is a required parameter", { nodegroupName: name });
    const found = await clients.subnets(subnets);
    if (found.some(({ vpc }) => vpc !== cluster.resourcesVpcConfig.vpcId)) {
      throw invalid("Subnets must be in the VPC of the cluster", { nodegroupName: name });
    }
    const machine = await machineOf(clients, input, instanceTypes, version);
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
    const { input, clients } = asked;
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
    // A new version brings its newest image, a new template alone keeps the one that the group has.
    const { releaseVersion: had, ...before } = group;
    const keeps = wanted && input.version === undefined;
    const machine = await machineOf(
      clients,
      { ...before, ...(keeps ? { releaseVersion: had } : {}), ...input },
      [],
      version,
    );
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

function resourcesOf(input: Input, name: string, id: string): object {
  const group = { autoScalingGroups: [{ name: `eks-${name}-${id}` }] };
  if (!objectOf(input, "remoteAccess")) return group;
  return { ...group, remoteAccessSecurityGroup: `sg-${randomBytes(9).toString("hex").slice(0, 17)}` };
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
