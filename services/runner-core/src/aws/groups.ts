import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Groups } from "../ports";
import type { StandingSettings } from "../settings";

/** Instances whose protection is set at once. */
const MOST_PROTECTED = 50;

/** The autoscaling groups of a fleet. @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html */
export function autoScalingGroups(client: AutoScalingClient): Groups {
  const atHook = ({ groupName, hookName }: StandingSettings, InstanceId: string) => ({
    AutoScalingGroupName: groupName,
    LifecycleHookName: hookName,
    InstanceId,
  });
  return {
    async group(name) {
      const { AutoScalingGroups = [] } = await client.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      const [found] = AutoScalingGroups;
      if (!found) return undefined;
      const { MinSize = 0, MaxSize = 0, DesiredCapacity = 0, Instances = [] } = found;
      return {
        min: MinSize,
        max: MaxSize,
        desired: DesiredCapacity,
        members: Instances.map(({ InstanceId = "", LifecycleState, ProtectedFromScaleIn }) => ({
          id: InstanceId,
          isAtHook: LifecycleState === "Terminating:Wait",
          isEnding: /^(?:Terminat|Detach)/.test(LifecycleState ?? ""),
          isInService: LifecycleState === "InService",
          isProtected: ProtectedFromScaleIn === true,
        })),
      };
    },
    async resize(name, desired) {
      await client.send(
        new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: desired }),
      );
    },
    async protect(name, ids, isProtected) {
      for (let first = 0; first < ids.length; first += MOST_PROTECTED) {
        await client.send(
          new SetInstanceProtectionCommand({
            AutoScalingGroupName: name,
            InstanceIds: ids.slice(first, first + MOST_PROTECTED),
            ProtectedFromScaleIn: isProtected,
          }),
        );
      }
    },
    async wait(standing, id) {
      await client.send(new RecordLifecycleActionHeartbeatCommand(atHook(standing, id)));
    },
    async letGo(standing, id) {
      await client.send(
        new CompleteLifecycleActionCommand({
          ...atHook(standing, id),
          LifecycleActionResult: "CONTINUE",
        }),
      );
    },
    async shrink(InstanceId) {
      await client.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId,
          ShouldDecrementDesiredCapacity: true,
        }),
      );
    },
  };
}
