import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Construct } from "constructs";
import { fitName, NAME_RULES, policyDocument } from "../core";
import type { ArtifactFunction } from "../serverless";

/** Properties of {@link Schedules}. */
export interface SchedulesProps {
  /** Name of the fleet. */
  readonly name: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region. */
  readonly region: string;

  /** The functions that are called, by the names of their schedules, and how often, e.g. `1 minute`. */
  readonly functions: Readonly<Record<string, readonly [ArtifactFunction, rate: string]>>;
}

/** Calls functions now and then. A call that fails is not repeated: the next time brings another. */
export class Schedules extends Construct {
  /** What calls the functions. */
  readonly schedules: readonly SchedulerSchedule[];

  constructor(scope: Construct, id: string, { name, account, region, functions }: SchedulesProps) {
    super(scope, id);
    const roleName = fitName(`${name}-runner-schedules-${region}`, NAME_RULES.role.maxLength);
    const role = new IamRole(this, "role", {
      name: roleName,
      description: `Calls the functions of the runners of ${name}`,
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ]),
      tags: { Name: roleName },
    });
    new IamRolePolicy(this, "policy", {
      name: "call",
      role: role.id,
      policy: policyDocument([
        {
          Effect: "Allow",
          Action: "lambda:InvokeFunction",
          Resource: Object.values(functions).map(([{ aliasArn }]) => aliasArn),
        },
      ]),
    });
    this.schedules = Object.entries(functions).map(
      ([schedule, [{ aliasArn: arn }, rate]]) =>
        new SchedulerSchedule(this, schedule, {
          name: `${name}-${schedule}`,
          description: `Calls ${schedule} of ${name} every ${rate}`,
          scheduleExpression: `rate(${rate})`,
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn,
            roleArn: role.arn,
            retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
          },
        }),
    );
  }
}
