import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingPolicy } from "@cdktf/provider-aws/lib/autoscaling-policy";
import { AutoscalingSchedule } from "@cdktf/provider-aws/lib/autoscaling-schedule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { RunnerPool } from "./ephemeral-props";

/** Days after which an instance is replaced by one of the newest image. */
const IMAGE_DAYS = 7;

/** Name of the hook by which an instance is not ended before its job is. */
export const TERMINATING_HOOK = "runner-ends";

/** Seconds without a word of `runner-reconcile` after which an instance ends all the same: it speaks once a minute. */
const HOOK_SECONDS = 3600;

/** Properties of {@link StandingPool}. */
export interface StandingPoolProps {
  /** Name of the fleet and of the pool, e.g. `groundplan-dev-linux-x64`. */
  readonly name: string;

  /** What its instances are. */
  readonly pool: RunnerPool;

  /** Launch template of its instances. */
  readonly launchTemplateId: string;

  /** Subnets, one for each zone that may be used. */
  readonly subnetIds: readonly string[];

  /** Tags of its instances beside those of the launch template. */
  readonly tags: Readonly<Record<string, string>>;

  /** Minutes for which a destroy waits until its instances have no job. */
  readonly drainMinutes: number;

  /** What has to be there for as long as the group is: on its way out, the functions let its instances go. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Instances that stay between jobs. A fixed number of them is a group whose limits are equal: one that does not come up,
 * or is lost, is replaced. `runner-reconcile` raises the size of others by GitHub's queue, and `runner-scale-down` lowers it.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
export class StandingPool extends Construct {
  /** Name of the autoscaling group. */
  readonly groupName: string;

  constructor(scope: Construct, id: string, props: StandingPoolProps) {
    super(scope, id);
    const { name, pool, launchTemplateId, subnetIds, tags, drainMinutes, dependsOn } = props;
    const { fixed, group, max, instanceTypes, spot } = pool;
    const min = fixed?.count ?? group?.min ?? 0;
    this.groupName = name;
    const made = new AutoscalingGroup(this, "group", {
      dependsOn: [...dependsOn],
      name,
      minSize: min,
      maxSize: fixed?.count ?? max,
      desiredCapacity: fixed?.count ?? group?.desired ?? min,
      // Whole, and not spread: the list is known only when Terraform runs.
      vpcZoneIdentifier: subnetIds as string[],
      healthCheckType: "EC2",
      // A pool is there when its group is: instances come up on their own, and where there is no capacity, later.
      waitForCapacityTimeout: "0",
      capacityRebalance: spot,
      maxInstanceLifetime: IMAGE_DAYS * 86_400,
      // Until it was looked at, nobody knows whether it has a job.
      protectFromScaleIn: true,
      mixedInstancesPolicy: {
        instancesDistribution: {
          onDemandBaseCapacity: 0,
          onDemandPercentageAboveBaseCapacity: spot ? 0 : 100,
          onDemandAllocationStrategy: "prioritized",
          spotAllocationStrategy: "price-capacity-optimized",
        },
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId, version: "$Latest" },
          override: instanceTypes.map((instanceType) => ({ instanceType })),
        },
      },
      initialLifecycleHook: [
        {
          name: TERMINATING_HOOK,
          lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          defaultResult: "CONTINUE",
          heartbeatTimeout: HOOK_SECONDS,
        },
      ],
      tag: Object.entries({ Name: name, ...tags }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
      timeouts: { delete: `${drainMinutes}m` },
      // The queue and the time of day decide.
      ...(group ? { lifecycle: { ignoreChanges: ["desired_capacity", "min_size"] } } : {}),
    });
    if (group?.cpuPercent !== undefined) {
      new AutoscalingPolicy(this, "cpu", {
        name: `${name}-cpu`,
        autoscalingGroupName: made.name,
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
          targetValue: group.cpuPercent,
          // What has no job is ended by runner-scale-down, which takes its runner off first.
          disableScaleIn: true,
        },
      });
    }
    for (const [key, { cron, timeZone, min: least }] of Object.entries(group?.schedules ?? {})) {
      new AutoscalingSchedule(this, `schedule-${key}`, {
        scheduledActionName: key,
        autoscalingGroupName: made.name,
        recurrence: cron,
        timeZone,
        minSize: least,
        maxSize: max,
        // -1 leaves the size as it is; Auto Scaling raises it to the new least.
        desiredCapacity: -1,
      });
    }
  }
}
