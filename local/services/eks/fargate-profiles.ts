import { randomUUID } from "node:crypto";
import { letNodesIn } from "./access-entries";
import { EksError, invalid } from "./error";
import { listOf, now, objectsOf, textOf } from "./input";
import { type Asked, activeClusterOf, arnOf, clusterOf, type Operation, page } from "./operation";
import { begin, isUnderWay } from "./progress";
import { requireTrust } from "./roles";
import { type Changing, type ClusterRecord, held } from "./state";
import { tagsOf } from "./tags";

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateFargateProfile.html */
export const fargateProfiles: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/fargate-profiles": async (asked) => {
    const { input, place, clients } = asked;
    const record = activeClusterOf(asked);
    const { cluster } = record;
    const name = textOf(input, "fargateProfileName");
    free(record, name);
    const podExecutionRoleArn = textOf(input, "podExecutionRoleArn", /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/);
    const selectors = objectsOf(input, "selectors");
    if (selectors.length === 0 || selectors.length > 5)
      throw invalid("A Fargate profile has 1 to 5 selectors");
    for (const selector of selectors) textOf(selector, "namespace");
    const given = listOf(input, "subnets");
    const subnets = given.length > 0 ? given : cluster.resourcesVpcConfig.subnetIds;
    const tags = tagsOf(input);
    const found = await clients.subnets(subnets);
    if (found.some(({ vpc }) => vpc !== cluster.resourcesVpcConfig.vpcId)) {
      throw invalid("Subnets must be in the VPC of the cluster");
    }
    await requireTrust(clients, podExecutionRoleArn, "eks-fargate-pods.amazonaws.com");
    free(record, name);
    const busy = Object.values(record.fargateProfiles).find(({ status }) => status !== "ACTIVE");
    if (busy) {
      throw new EksError(
        "ResourceInUseException",
        `Cannot create Fargate Profile ${name} because cluster ${cluster.name} currently has Fargate profile ${String(busy.fargateProfileName)} in status ${busy.status}`,
        { clusterName: cluster.name },
      );
    }
    const profile: Changing = {
      fargateProfileName: name,
      fargateProfileArn: arnOf(place, `fargateprofile/${cluster.name}/${name}/${randomUUID()}`),
      clusterName: cluster.name,
      createdAt: now(),
      podExecutionRoleArn,
      subnets,
      selectors,
      status: "CREATING",
      tags,
      health: { issues: [] },
    };
    record.fargateProfiles[name] = profile;
    letNodesIn(record, place, podExecutionRoleArn, "FARGATE_LINUX");
    begin(record, `fargate/${name}`);
    return { fargateProfile: profile };
  },

  "GET /clusters/{name}/fargate-profiles": (asked) => {
    const { items, ...next } = page(Object.keys(clusterOf(asked).fargateProfiles).sort(), asked.query);
    return { fargateProfileNames: items, ...next };
  },

  "GET /clusters/{name}/fargate-profiles/{fargateProfileName}": (asked) => {
    const [record, name, profile] = existing(asked);
    if (isUnderWay(record, `fargate/${name}`)) return { fargateProfile: profile };
    if (profile.status !== "DELETING") {
      profile.status = "ACTIVE";
      return { fargateProfile: profile };
    }
    delete record.fargateProfiles[name];
    throw missing(asked, name);
  },

  "DELETE /clusters/{name}/fargate-profiles/{fargateProfileName}": (asked) => {
    const [record, name, profile] = existing(asked);
    profile.status = "DELETING";
    begin(record, `fargate/${name}`);
    return { fargateProfile: profile };
  },
};

function free({ cluster, fargateProfiles: all }: ClusterRecord, fargateProfileName: string): void {
  if (!held(all, fargateProfileName)) return;
  throw new EksError(
    "ResourceInUseException",
    `A Fargate Profile already exists with this name in this cluster: ${fargateProfileName}`,
    { clusterName: cluster.name, fargateProfileName },
  );
}

function existing(asked: Asked): [ClusterRecord, string, Changing] {
  const record = clusterOf(asked);
  const name = asked.path.fargateProfileName ?? "";
  const profile = held(record.fargateProfiles, name);
  if (profile) return [record, name, profile];
  throw missing(asked, name);
}

function missing({ path }: Asked, fargateProfileName: string): EksError {
  return new EksError(
    "ResourceNotFoundException",
    `No Fargate Profile found with name: ${fargateProfileName}.`,
    { clusterName: path.name ?? "", fargateProfileName },
  );
}
