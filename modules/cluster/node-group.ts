import { EksNodeGroup } from "@cdktf/provider-aws/lib/eks-node-group";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Fn, type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import type { Tags } from "../core";
import type { NodeGroupOptions } from "./node-group-options";

/** Properties of {@link NodeGroup}. */
export interface NodeGroupProps extends NodeGroupOptions {
  /** Name of the group within its cluster. */
  readonly name: string;

  /** Name of the cluster. */
  readonly clusterName: string;

  /** Kubernetes version of the nodes, the cluster's. */
  readonly version: string;

  /** Subnets that its nodes start in. */
  readonly subnetIds: readonly string[];

  /** Id of the nodes' security group. */
  readonly securityGroupId: string;

  /** ARN of the role that the nodes have. */
  readonly roleArn: string;

  /** Size of the root volume in GiB. */
  readonly diskGb: number;

  /** Tags of instances, volumes and network interfaces, which AWS makes on our behalf. */
  readonly tags: Tags;

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
    const { name, min, max, desired = min, labels, taints = [] } = props;
    const template = this.template(props);
    this.resource = new EksNodeGroup(this, "node-group", {
      clusterName: props.clusterName,
      // Some changes replace a group: then the new nodes stand before the old ones are drained.
      nodeGroupNamePrefix: `${name}-`,
      version: props.version,
      nodeRoleArn: props.roleArn,
      // Whole, and not spread: the list may be known only when Terraform runs.
      subnetIds: props.subnetIds as string[],
      amiType: props.architecture === "arm64" ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD",
      capacityType: props.capacity ?? "ON_DEMAND",
      instanceTypes: [...props.instanceTypes],
      launchTemplate: { id: template.id, version: Token.asString(Fn.tostring(template.latestVersion)) },
      scalingConfig: { minSize: min, maxSize: max, desiredSize: desired },
      updateConfig: { maxUnavailablePercentage: 25 },
      nodeRepairConfig: { enabled: true },
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }),
      ...(taints.length === 0 ? {} : { taint: taints.map((taint) => ({ ...taint })) }),
      tags: { Name: `${props.clusterName}-${name}` },
      dependsOn: props.dependsOn,
      // The autoscaler moves the size; a plan does not move it back.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["scaling_config[0].desired_size"] },
    });
  }

  private template(props: NodeGroupProps): LaunchTemplate {
    const name = `${props.clusterName}-${props.name}`;
    const tags = { ...props.tags, Name: name };
    return new LaunchTemplate(this, "launch-template", {
      namePrefix: `${name}-`,
      description: `Nodes of group ${props.name} of ${props.clusterName}`,
      updateDefaultVersion: true,
      vpcSecurityGroupIds: [props.securityGroupId],
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
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
