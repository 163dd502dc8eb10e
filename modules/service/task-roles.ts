import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { fitName, NAME_RULES, type PolicyStatement, policyDocument } from "../core";
import { partitionOf } from "../core/partition";
import { SESSION_ACTIONS } from "../core/session-manager";
import type { SecretReference } from "./container";
import { imageStatements } from "./image-access";

/** Properties of {@link TaskRoles}. */
export interface TaskRolesProps {
  /** Begins the names of both roles, e.g. `groundplan-dev-shop`. */
  readonly name: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** Image of the container, which says what may be pulled. */
  readonly image: string;

  /** Name of the log group. */
  readonly logGroupName: string;

  /** Secrets that ECS reads when a task starts. */
  readonly secrets: readonly SecretReference[];

  /**
   * Condition under which those secrets may be read, e.g. on a tag of theirs.
   *
   * @default - none
   */
  readonly secretCondition?: PolicyStatement["Condition"];

  /** Whether a shell in the container may be opened. */
  readonly exec: boolean;
}

/**
 * The two roles of a task: ECS starts it as the one (image, logs, secrets), and its code runs as the other, which
 * may do nothing but what is granted.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html
 */
export class TaskRoles extends Construct {
  /** ARN of the role by which ECS starts the task. */
  readonly executionRoleArn: string;

  /** ARN of the role that the code runs as. */
  readonly taskRoleArn: string;

  /** Policies that must be there before a task starts. */
  readonly policies: readonly IamRolePolicy[];
  private readonly granted: PolicyStatement[] = [];
  private policy: IamRolePolicy | undefined;
  private readonly taskRole: IamRole;

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    const execution = this.role("execution", props, `Starts the tasks of ${props.name}`);
    this.taskRole = this.role("task", props, `Runs the code of ${props.name}`);
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = this.taskRole.arn;
    this.policies = [
      new IamRolePolicy(this, "execution-policy", {
        name: "execution",
        role: execution.id,
        policy: policyDocument(executionStatements(props)),
      }),
    ];
    if (props.exec) this.allow(EXEC);
  }

  /** Adds a statement to what the code may do. */
  allow(statement: PolicyStatement): void {
    this.granted.push(statement);
    this.policy ??= new IamRolePolicy(this, "task-policy", {
      name: "task",
      role: this.taskRole.id,
      // Later grants add to it: the text is made at synth.
      policy: Lazy.stringValue({ produce: () => policyDocument(this.granted) }),
    });
  }

  private role(id: "execution" | "task", { name, region, account }: TaskRolesProps, description: string) {
    // Roles are the account's, not the Region's: the Region keeps the names of two apart.
    const roleName = fitName(`${name}-${region}-${id}`, NAME_RULES.role.maxLength);
    return new IamRole(this, id, {
      name: roleName,
      description,
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          // Tasks of this account and Region only.
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:${partitionOf(region)}:ecs:${region}:${account}:*` },
          },
        },
      ]),
      tags: { Name: roleName },
    });
  }
}

/** What ECS Exec needs. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
const EXEC: PolicyStatement = {
  Sid: "Exec",
  Effect: "Allow",
  Action: [...SESSION_ACTIONS],
  Resource: "*",
};

function executionStatements(props: TaskRolesProps): readonly PolicyStatement[] {
  const { region, account, logGroupName, secrets, secretCondition } = props;
  const ofKind = (service: string) =>
    [...new Set(secrets.map(({ arn }) => arn))].filter(
      (arn) => arn.includes(":ssm:") === (service === "ssm"),
    );
  const allow = (Sid: string, Action: string, Resource: readonly string[]): readonly PolicyStatement[] =>
    Resource.length === 0
      ? []
      : [
          {
            Sid,
            Effect: "Allow",
            Action,
            Resource,
            ...(secretCondition ? { Condition: secretCondition } : {}),
          },
        ];
  return [
    ...imageStatements(props.image, props),
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${logGroupName}:*`,
    },
    ...allow("Secrets", "secretsmanager:GetSecretValue", ofKind("secretsmanager")),
    ...allow("Parameters", "ssm:GetParameters", ofKind("ssm")),
  ];
}
