import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { EksNodeGroup } from "@cdktf/provider-aws/lib/eks-node-group";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Fn, type ITerraformDependable, Op, TerraformSelf, Token } from "cdktf";
import { Construct } from "constructs";
import type { Tags } from "../core";
import { maxPods } from "./max-pods";
import { warnOfNewerRelease } from "./newer-release";
import type { NodeGroupOptions } from "./node-group-options";
import { type ImageOfNodes, NODE_IMAGES } from "./node-images";
import { type JoinedCluster, userData } from "./user-data";

/** Properties of {@link NodeGroup}. */
export interface NodeGroupProps extends Omit<NodeGroupOptions, "zones" | "subnets"> {
  /** Name of the group within its cluster. */
  readonly name: string;

  /** Name of the cluster. */
  readonly clusterName: string;

  /** Kubernetes version of the nodes, the cluster's: a token, so that they follow once it has it. */
  readonly version: string;

  /** The same, written out, e.g. `1.35`. */
  readonly kubernetesVersion: string;

  /** Subnets that its nodes start in. */
  readonly subnetIds: readonly string[];

  /** Id of the nodes' security group. */
  readonly securityGroupId: string;

  /** ARN of the role that the nodes have. */
  readonly roleArn: string;

  /** Whether the VPC CNI hands out prefixes: a node then takes more pods than it finds out by itself. */
  readonly prefixDelegation: boolean;

  /** Size of the root volume in GiB. */
  readonly diskGb: number;

  /** Tags of instances, volumes and network interfaces, which AWS makes on our behalf. */
  readonly tags: Tags;

  /** The cluster as nodes of an image of one's own join it. */
  readonly cluster: Omit<JoinedCluster, "name">;

  /** What stands before the first node: the policies of its role, the network of its pods. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * A managed node group with its launch template.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
 */
export class NodeGroup extends Construct {
  /** The node group itself. */
  readonly resource: EksNodeGroup;

  constructor(scope: Construct, id: string, props: NodeGroupProps) {
    super(scope, id);
    const { name, min, max, desired = min, labels, taints = [], timeoutMinutes = {} } = props;
    const image = imageOf(props);
    const template = this.template(props, image);
    const timeouts = Object.entries(timeoutMinutes).map(([step, minutes]) => [step, `${minutes}m`]);
    this.resource = new EksNodeGroup(this, "node-group", {
      clusterName: props.clusterName,
      // Some changes replace a group: then the new nodes stand before the old ones are drained.
      nodeGroupNamePrefix: `${name}-`,
      // EKS has no version of an image that is not its own.
      ...(props.amiId === undefined
        ? { version: props.version, releaseVersion: this.release(props, image) }
        : {}),
      ...(props.forceUpdate ? { forceUpdateVersion: true } : {}),
      nodeRoleArn: props.roleArn,
      subnetIds: [...props.subnetIds],
      amiType: props.amiId === undefined ? image.amiType : "CUSTOM",
      capacityType: props.capacity ?? "ON_DEMAND",
      // Another order replaces the group, and on demand alone it says what is tried first.
      instanceTypes: props.capacity === "SPOT" ? [...props.instanceTypes].sort() : [...props.instanceTypes],
      launchTemplate: { id: template.id, version: Token.asString(Fn.tostring(template.latestVersion)) },
      scalingConfig: { minSize: min, maxSize: max, desiredSize: desired },
      updateConfig: updateConfigOf(props.maxUnavailable ?? "25%"),
      nodeRepairConfig: { enabled: true },
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }),
      ...(taints.length === 0 ? {} : { taint: taints.map((taint) => ({ ...taint })) }),
      ...(timeouts.length === 0 ? {} : { timeouts: Object.fromEntries(timeouts) }),
      tags: { Name: `${props.clusterName}-${name}` },
      dependsOn: props.dependsOn,
      // The autoscaler moves the size; a plan does not move it back.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["scaling_config[0].desired_size"] },
    });
  }

  /** The release of its image; what AWS publishes as the newest is read either way. */
  private release(
    { name, kubernetesVersion, releaseVersion: release = "latest" }: NodeGroupProps,
    image: ImageOfNodes,
  ): string {
    const newest = new DataAwsSsmParameter(this, "newest-release", {
      name: image.newestRelease(kubernetesVersion),
    }).insecureValue;
    if (release === "latest") return newest;
    warnOfNewerRelease(this, { group: name, release, newest });
    return release;
  }

  /** The image of one's own, once it is seen to be of the group's architecture. */
  private ownImage({ name, amiId = "", architecture = "x86_64" }: NodeGroupProps): string {
    const image = new DataAwsAmi(this, "ami", {
      filter: [{ name: "image-id", values: [amiId] }],
      includeDeprecated: true,
    });
    const found = TerraformSelf.getString("architecture");
    image.lifecycle = {
      postcondition: [
        {
          condition: Op.eq(found, architecture),
          errorMessage: `Node group ${name}: ${amiId} is of ${found}, and the group's architecture is ${architecture}.`,
        },
      ],
    };
    return image.id;
  }

  private template(props: NodeGroupProps, { dataDevice }: ImageOfNodes): LaunchTemplate {
    const name = `${props.clusterName}-${props.name}`;
    const tags = { ...props.tags, Name: name };
    const data = userData({
      bottlerocket: props.image?.startsWith("bottlerocket") ?? false,
      ...(props.prefixDelegation ? { maxPods: maxPods(props.instanceTypes) } : {}),
      ...(props.nodeConfig === undefined ? {} : { nodeConfig: props.nodeConfig }),
      ...(props.bottlerocketSettings === undefined
        ? {}
        : { bottlerocketSettings: props.bottlerocketSettings }),
      ...(props.amiId === undefined
        ? {}
        : {
            cluster: { name: props.clusterName, ...props.cluster },
            ...(props.labels ? { labels: props.labels } : {}),
            ...(props.taints ? { taints: props.taints } : {}),
          }),
    });
    return new LaunchTemplate(this, "launch-template", {
      namePrefix: `${name}-`,
      description: `Nodes of group ${props.name} of ${props.clusterName}`,
      updateDefaultVersion: true,
      ...(props.amiId === undefined ? {} : { imageId: this.ownImage(props) }),
      ...(data === undefined
        ? {}
        : {
            // With the cluster in it, Terraform knows it all, and only then.
            userData: Token.isUnresolved(data)
              ? Fn.base64encode(Fn.rawString(data))
              : Buffer.from(data).toString("base64"),
          }),
      vpcSecurityGroupIds: [props.securityGroupId],
      blockDeviceMappings: [
        {
          deviceName: dataDevice,
          ebs: {
            volumeType: "gp3",
            volumeSize: props.diskGb,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      // One hop: a pod that is not on the host's network never reaches the node's role.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags,
      })),
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
  }
}

function imageOf({ image = "al2023", architecture = "x86_64" }: NodeGroupProps): ImageOfNodes {
  const found = NODE_IMAGES[image][architecture];
  // The cluster's faults have said so already.
  if (!found) throw new Error(`there is no image ${image} for ${architecture}`);
  return found;
}

function updateConfigOf(maxUnavailable: number | `${number}%`) {
  return typeof maxUnavailable === "number"
    ? { maxUnavailable }
    : { maxUnavailablePercentage: Number(maxUnavailable.slice(0, -1)) };
}
