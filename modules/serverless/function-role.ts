import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { fitName, NAME_RULES, type PolicyStatement, policyDocument } from "../core";

/** Properties of {@link FunctionRole}. */
export interface FunctionRoleProps {
  /** Name of the function, which begins the role's. */
  readonly functionName: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** ARN of the function. */
  readonly functionArn: string;

  /** ARN of its log group, which is there before it: the role may not make one. */
  readonly logGroupArn: string;

  /** Whether calls are traced by X-Ray. */
  readonly tracing: boolean;

  /** Whether it runs in a VPC, and so makes network interfaces. */
  readonly inVpc: boolean;

  /** Queue that takes failed events; undefined for none. */
  readonly deadLetterQueueArn: string | undefined;

  /** Key that encrypts variables and dead letters; undefined for the services' own. */
  readonly kmsKeyArn: string | undefined;
}

/**
 * The role that a function runs as: its own log group, and what is granted, nothing else.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export class FunctionRole extends Construct {
  /** ARN of the role. */
  readonly roleArn: string;

  /** Name of the role. */
  readonly roleName: string;

  /** Its policy: the function waits for it, or its first calls would be refused. */
  readonly policy: IamRolePolicy;
  private readonly statements: PolicyStatement[];

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    // Roles are the account's, not the Region's: the Region keeps the names of two apart.
    const name = fitName(`${props.functionName}-${props.region}`, NAME_RULES.role.maxLength);
    const role = new IamRole(this, "role", {
      name,
      description: `Runs function ${props.functionName}`,
      // No aws:SourceAccount or aws:SourceArn: Lambda's guide does not say that Lambda has them when it takes a role,
      // and a function whose role cannot be taken is not made. Nor could another account's function get this role:
      // whoever makes a function has to have iam:PassRole, which never goes beyond its account.
      // https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
      tags: { Name: name },
    });
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.statements = [...ownStatements(props)];
    this.policy = new IamRolePolicy(this, "policy", {
      name: "function",
      role: role.id,
      // Later grants add to it: the text is made at synth.
      policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }),
    });
  }

  /** Adds to what the function may do. */
  allow(statement: PolicyStatement): void {
    this.statements.push(statement);
  }
}

function ownStatements(props: FunctionRoleProps): readonly PolicyStatement[] {
  const { logGroupArn, deadLetterQueueArn, kmsKeyArn } = props;
  return [
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    ...(props.tracing
      ? [
          {
            // X-Ray has no resources.
            Sid: "Traces",
            Effect: "Allow",
            Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            Resource: "*",
          } as const,
        ]
      : []),
    ...(deadLetterQueueArn === undefined
      ? []
      : [
          {
            Sid: "DeadLetters",
            Effect: "Allow",
            Action: "sqs:SendMessage",
            Resource: deadLetterQueueArn,
          } as const,
        ]),
    ...(kmsKeyArn === undefined
      ? []
      : [
          {
            Sid: "Key",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: kmsKeyArn,
          } as const,
        ]),
    ...(props.inVpc ? networkStatements(props.functionArn) : []),
  ];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
function networkStatements(functionArn: string): readonly PolicyStatement[] {
  const Action = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  return [
    { Sid: "Network", Effect: "Allow", Action, Resource: "*" },
    {
      // Lambda itself needs these calls; the code that runs in the function does not.
      Sid: "NetworkNotByCode",
      Effect: "Deny",
      Action,
      Resource: "*",
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } },
    },
  ];
}
