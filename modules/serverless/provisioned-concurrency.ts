import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import type { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaProvisionedConcurrencyConfig } from "@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config";
import { Construct } from "constructs";
import type { Fault } from "../core/errors";
import { wholeFaults } from "../core/whole";

/** Instances of a function that are kept warm: a number, or a range that follows how busy they are. */
export type ProvisionedConcurrencySettings =
  | number
  | {
      /** Fewest instances, 1 or more. */
      readonly min: number;

      /** Most instances. */
      readonly max: number;

      /**
       * Percent of them that are busy, 10 to 90: above it there will be more, below it fewer.
       *
       * @default 70
       */
      readonly targetPercent?: number;
    };

/** Every fault of provisioned concurrency. @param reserved - calls at once that the function has; -1 for what is left. */
export function provisionedFaults(
  settings: ProvisionedConcurrencySettings,
  reserved: number,
): readonly Fault[] {
  const {
    min,
    max,
    targetPercent = 70,
  } = typeof settings === "number" ? { min: settings, max: settings } : settings;
  const faults: Fault[] = [
    ...wholeFaults("provisionedConcurrency", min, 1, 1_000_000, 5),
    ...wholeFaults("targetPercent of provisionedConcurrency", targetPercent, 10, 90, 70),
  ];
  if (!Number.isInteger(max) || max < min) {
    faults.push({
      what: `provisionedConcurrency goes from ${min} to ${max}`,
      instead: "use a whole number for max that is min or more",
    });
  }
  if (reserved >= 0 && max > reserved) {
    faults.push({
      what: `provisionedConcurrency is ${max}, and reservedConcurrency ${reserved}: Lambda refuses more than the function may have`,
      instead: `use ${reserved} or less, or raise reservedConcurrency`,
    });
  }
  return faults;
}

/** Properties of {@link ProvisionedConcurrency}. */
export interface ProvisionedConcurrencyProps {
  /** Name of the function. */
  readonly functionName: string;
  /** The alias whose calls they take. */
  readonly alias: LambdaAlias;
  /** How many. */
  readonly settings: ProvisionedConcurrencySettings;
}

/**
 * Instances that wait for the calls of an alias, and are billed while they wait.
 *
 * Lambda takes no new number while the alias divides its calls: change it before a gradual deploy, or after.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
export class ProvisionedConcurrency extends Construct {
  constructor(scope: Construct, id: string, { functionName, alias, settings }: ProvisionedConcurrencyProps) {
    super(scope, id);
    const scaled = typeof settings !== "number";
    const config = new LambdaProvisionedConcurrencyConfig(this, "config", {
      functionName,
      qualifier: alias.name,
      provisionedConcurrentExecutions: scaled ? settings.min : settings,
      ...(scaled ? { lifecycle: { ignoreChanges: ["provisioned_concurrent_executions"] } } : {}),
    });
    if (!scaled) return;
    const target = new AppautoscalingTarget(this, "target", {
      serviceNamespace: "lambda",
      scalableDimension: "lambda:function:ProvisionedConcurrency",
      resourceId: `function:${functionName}:${alias.name}`,
      minCapacity: settings.min,
      maxCapacity: settings.max,
      dependsOn: [config],
    });
    new AppautoscalingPolicy(this, "busy", {
      name: `${functionName}-provisioned-concurrency`,
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: (settings.targetPercent ?? 70) / 100,
        predefinedMetricSpecification: { predefinedMetricType: "LambdaProvisionedConcurrencyUtilization" },
      },
    });
  }
}
