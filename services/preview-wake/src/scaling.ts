import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import type { Outputs } from "./metadata";

/** Lets the autoscaling of a service go on, which `groundplan preview sleep` has suspended: `cli/preview/scaling.ts`. */
export async function resumeScaling(
  scaling: ApplicationAutoScalingClient,
  { cluster, service }: Outputs,
): Promise<void> {
  const ResourceId = `service/${lastOf(cluster)}/${lastOf(service)}`;
  const { ScalableTargets = [] } = await scaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", ResourceIds: [ResourceId] }),
  );
  for (const { ScalableDimension } of ScalableTargets) {
    await scaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: "ecs",
        ResourceId,
        ScalableDimension,
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      }),
    );
  }
}

/** Name of what is known by its ARN or its name. */
function lastOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
