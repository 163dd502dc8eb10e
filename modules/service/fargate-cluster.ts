import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import { Construct } from "constructs";
import { nameFaults, SynthError } from "../core";
import { type FargateClusterAttributes, type IFargateCluster, importedFargateCluster } from "./imported";
import { SERVICE_NAMES } from "./names";

/** Properties of {@link FargateCluster}. */
export interface FargateClusterProps {
  /** Name of the cluster, 1 to 255 letters, digits, - and _. */
  readonly name: string;

  /**
   * Metrics of tasks and containers; each costs.
   *
   * @default false
   */
  readonly containerInsights?: boolean;
}

/**
 * A cluster of ECS for Fargate, on demand and spot. It costs nothing by itself.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export class FargateCluster extends Construct implements IFargateCluster {
  /** ARN of the cluster. */
  readonly arn: string;

  /** Name of the cluster. */
  readonly name: string;

  /** A cluster that is there already. @throws SynthError with every fault of the attributes. */
  static fromClusterAttributes(attributes: FargateClusterAttributes): IFargateCluster {
    return importedFargateCluster(attributes);
  }

  /** @throws SynthError when ECS would refuse the name. */
  constructor(scope: Construct, id: string, { name, containerInsights = false }: FargateClusterProps) {
    super(scope, id);
    const faults = nameFaults({ ...SERVICE_NAMES.service, kind: "ECS cluster name" }, name);
    if (faults.length > 0) throw new SynthError(this, faults);
    const cluster = new EcsCluster(this, "cluster", {
      name,
      setting: [{ name: "containerInsights", value: containerInsights ? "enabled" : "disabled" }],
      tags: { Name: name },
    });
    // Who reads the name may start a service, which needs the providers.
    this.name = new EcsClusterCapacityProviders(this, "capacity", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    }).clusterName;
    this.arn = cluster.arn;
  }
}
