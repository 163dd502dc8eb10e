import { type PolicyStatement, partitionOf } from "../core/policy";
import { type StateAccess, stateArns, statePlanStatements } from "../state/access";

/** AWS's own list of what reads and changes nothing; AWS adds new services to it. */
export function readOnlyPolicyArn(region: string): string {
  return `arn:${partitionOf(region)}:iam::aws:policy/ReadOnlyAccess`;
}

/** What reads data, and not how something is set up: a plan needs none of it. */
const DATA_ACTIONS = [
  "athena:GetQueryResults*",
  "cassandra:Select",
  "codeartifact:GetPackageVersionAsset",
  "codeartifact:ReadFromRepository",
  "codecommit:BatchGet*",
  "codecommit:GetBlob",
  "codecommit:GetFile",
  "codecommit:GitPull",
  "dynamodb:GetRecords",
  "ec2:GetConsole*",
  "ec2:GetPasswordData",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "kinesis:GetRecords",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "logs:GetLogObject",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "logs:StartLiveTail",
  "logs:StartQuery",
  "rds:Download*",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetCommandInvocation",
  "states:GetExecutionHistory",
] as const;

/**
 * What the plan's role gets beside AWS's `ReadOnlyAccess`: the states and their locks, and a refusal of all
 * data. Whoever may push a branch runs code with this role.
 *
 * Three kinds of data a plan does read, and they stay open: states, the lock table, and the parameters under
 * `/groundplan/` by which stacks tell each other what they made.
 */
export function githubPlanStatements(state: StateAccess): readonly PolicyStatement[] {
  const { objects, table } = stateArns(state);
  const partition = partitionOf(state.region);
  return [
    ...statePlanStatements(state, ["*"]),
    { Sid: "NoData", Effect: "Deny", Action: DATA_ACTIONS, Resource: "*" },
    {
      Sid: "NoObjects",
      Effect: "Deny",
      Action: ["s3:GetObject", "s3:GetObjectTorrent", "s3:GetObjectVersion"],
      NotResource: objects,
    },
    {
      Sid: "NoItems",
      Effect: "Deny",
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
      ],
      NotResource: table,
    },
    {
      Sid: "NoParameters",
      Effect: "Deny",
      Action: ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"],
      NotResource: [
        `arn:${partition}:ssm:*:${state.account}:parameter/groundplan/*`,
        // What AWS publishes, e.g. the newest image of a node.
        `arn:${partition}:ssm:*::parameter/aws/service/*`,
      ],
    },
  ];
}
