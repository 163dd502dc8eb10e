import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";
import type { Fault } from "../core";

/** How many tasks run, and by what their number grows. */
export interface ServiceScaling {
  /** Fewest tasks, 0 or more. */
  readonly min: number;

  /** Most tasks, at least `min`. */
  readonly max: number;

  /** Percent of the CPU that tasks are held at, 10 to 90. @default 60 unless another target is given */
  readonly cpuPercent?: number;

  /** Percent of the memory that tasks are held at, 10 to 90. @default - none */
  readonly memoryPercent?: number;
}

/** Percent of the CPU at which a service is held when nothing else is said. */
const DEFAULT_CPU_PERCENT = 60;

/** Properties of {@link Autoscaling}. */
export interface AutoscalingProps extends ServiceScaling {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** Name of the service. */
  readonly serviceName: string;
}

/**
 * Grows and shrinks the number of a service's tasks towards a target.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalingProps) {
    super(scope, id);
    const { clusterName, serviceName, min, max, memoryPercent } = props;
    const cpuPercent = props.cpuPercent ?? (memoryPercent === undefined ? DEFAULT_CPU_PERCENT : undefined);
    const target = new AppautoscalingTarget(this, "target", {
      serviceNamespace: "ecs",
      resourceId: `service/${clusterName}/${serviceName}`,
      scalableDimension: "ecs:service:DesiredCount",
      minCapacity: min,
      maxCapacity: max,
    });
    const policy = (name: "cpu" | "memory", predefinedMetricType: string, percent: number | undefined) => {
      if (percent === undefined) return;
      new AppautoscalingPolicy(this, name, {
        name: `${serviceName}-${name}`,
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        resourceId: target.resourceId,
        scalableDimension: target.scalableDimension,
        targetTrackingScalingPolicyConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType },
          targetValue: percent,
          scaleInCooldown: 300,
          scaleOutCooldown: 60,
        },
      });
    };
    policy("cpu", "ECSServiceAverageCPUUtilization", cpuPercent);
    policy("memory", "ECSServiceAverageMemoryUtilization", memoryPercent);
  }
}

/** The faults of a scaling. */
export function scalingFaults({
  min,
  max,
  cpuPercent = 60,
  memoryPercent = 60,
}: ServiceScaling): readonly Fault[] {
  const faults: Fault[] = [];
  if (!Number.isInteger(min) || min < 0 || !Number.isInteger(max) || max < Math.max(min, 1)) {
    faults.push({
      what: `scaling is ${min} to ${max} tasks`,
      instead: "use whole numbers, min 0 or more and max at least min and 1, e.g. 1 to 4",
    });
  }
  for (const [name, percent] of Object.entries({ cpuPercent, memoryPercent })) {
    if (percent >= 10 && percent <= 90) continue;
    faults.push({ what: `scaling.${name} is ${percent}`, instead: "use 10 to 90, e.g. 60" });
  }
  return faults;
}
