import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { fitName, NAME_RULES, type PolicyStatement, policyDocument } from "../core";
import { partitionOf } from "../core/partition";

/** Properties of {@link SchedulerRole}. */
export interface SchedulerRoleProps {
  /** Begins the role's name, e.g. `groundplan-dev-report`. */
  readonly name: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** Group of the schedules that may take the role. */
  readonly groupName: string;

  /** Queue of what could not be delivered. */
  readonly deadLetterQueueArn: string;
}

/**
 * The role by which EventBridge Scheduler does what the schedules of one group say.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export class SchedulerRole extends Construct {
  /** ARN of the role. */
  readonly roleArn: string;

  /** Its policy: a schedule that fires at once waits for it. */
  readonly policy: IamRolePolicy;
  private readonly statements: PolicyStatement[];

  constructor(scope: Construct, id: string, props: SchedulerRoleProps) {
    super(scope, id);
    const { region, account, groupName, deadLetterQueueArn } = props;
    // Roles are the account's, not the Region's: the Region keeps the names of two apart.
    const name = fitName(`${props.name}-${region}-scheduler`, NAME_RULES.role.maxLength);
    const role = new IamRole(this, "role", {
      name,
      description: `What the schedules of ${groupName} do`,
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: {
              "aws:SourceAccount": account,
              "aws:SourceArn": `arn:${partitionOf(region)}:scheduler:${region}:${account}:schedule-group/${groupName}`,
            },
          },
        },
      ]),
      tags: { Name: name },
    });
    this.statements = [
      { Sid: "DeadLetters", Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterQueueArn },
    ];
    this.policy = new IamRolePolicy(this, "policy", {
      name: "scheduler",
      role: role.id,
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
    this.roleArn = role.arn;
  }

  /** Adds to what the schedules may do. */
  allow(statement: PolicyStatement): void {
    this.statements.push(statement);
  }
}
