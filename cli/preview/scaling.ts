import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type SuspendedState,
} from "@aws-sdk/client-application-auto-scaling";
import { unreachable } from "../aws/errors";
import type { ServicePlace } from "./service";

/**
 * Lets the autoscaling of a service rest, or go on. Without it the next alarm or scheduled action would start the tasks of a
 * preview that sleeps, up to its minimum. The bounds stay as Terraform has set them; a service without autoscaling has nothing
 * to rest.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
 */
export async function setScaling(
  { cluster, service, region }: ServicePlace,
  to: "rest" | "go on",
): Promise<void> {
  const scaling = new ApplicationAutoScalingClient({ region });
  const ResourceId = `service/${lastOf(cluster)}/${lastOf(service)}`;
  const isResting = to === "rest";
  const SuspendedState: SuspendedState = {
    DynamicScalingInSuspended: isResting,
    DynamicScalingOutSuspended: isResting,
    ScheduledScalingSuspended: isResting,
  };
  try {
    const { ScalableTargets = [] } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", ResourceIds: [ResourceId] }),
    );
    for (const { ScalableDimension } of ScalableTargets) {
      await scaling.send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: "ecs",
          ResourceId,
          ScalableDimension,
          SuspendedState,
        }),
      );
    }
  } catch (error) {
    throw unreachable(error);
  }
}

/** Name of what is known by its ARN or its name. */
function lastOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
