import { type PolicyStatement, partitionOf } from "../core";
import type { FunctionName } from "./ephemeral-props";

/** What the rights of the functions are about. */
export interface Surroundings {
  /** Name of the fleet, the value of its instances' tag. */
  readonly name: string;

  /** AWS Region. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** Path of the parameters that hold configurations. */
  readonly configurationPath: string;

  /** ARN of the queue of orders. */
  readonly queueArn: string;

  /** ARN of the table of what was begun. */
  readonly tableArn: string;

  /** ARN of the role that instances have. */
  readonly instanceRoleArn: string;

  /** ARNs of the launch templates of the pools. */
  readonly launchTemplateArns: readonly string[];

  /** ARN of the bucket of the runner's program. */
  readonly programBucketArn: string;

  /** Names of the autoscaling groups of instances that stay; none where no pool has some. */
  readonly groupNames: readonly string[];
}

/** What a function may do beside reading the app's secret: the fewest actions, on the fleet's own resources. */
export function rightsOf(name: FunctionName, around: Surroundings): readonly PolicyStatement[] {
  const { region, account, configurationPath, queueArn, tableArn } = around;
  const base = `arn:${partitionOf(region)}`;
  const table = (...actions: readonly string[]) => allow("Table", actions, tableArn);
  const configurations = (...actions: readonly string[]) =>
    allow("Configurations", actions, `${base}:ssm:${region}:${account}:parameter${configurationPath}/*`);
  // EC2 lists everything or nothing.
  const list = allow("List", ["ec2:DescribeInstances"], "*");
  const send = allow("Order", ["sqs:SendMessage"], queueArn);
  switch (name) {
    case "webhook":
      return [send];
    case "scale-up":
      return [
        list,
        table("dynamodb:PutItem", "dynamodb:UpdateItem"),
        configurations("ssm:PutParameter", "ssm:AddTagsToResource"),
        allow(
          "Receive",
          [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
          ],
          queueArn,
        ),
        ...launchRights(around),
      ];
    case "scale-down":
      return [
        list,
        table("dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        configurations("ssm:DeleteParameter"),
        // groundplan runner start, and doctor.
        send,
        allow("Program", ["s3:GetObject"], `${around.programBucketArn}/program.json`),
        // Without it, what is not there yet would be refused, and not missing.
        allow("Look", ["s3:ListBucket"], around.programBucketArn),
        ...groupRights(around, [
          "autoscaling:TerminateInstanceInAutoScalingGroup",
          "autoscaling:SetDesiredCapacity",
        ]),
        {
          ...allow("End", ["ec2:TerminateInstances"], `${base}:ec2:${region}:${account}:instance/*`),
          Condition: { StringEquals: { "aws:ResourceTag/groundplan:fleet": around.name } },
        },
      ];
    case "reconcile":
      return [
        list,
        send,
        table("dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        configurations("ssm:DeleteParameter", ...(around.groupNames.length > 0 ? REGISTERS : [])),
        ...groupRights(around, [
          "autoscaling:SetDesiredCapacity",
          "autoscaling:SetInstanceProtection",
          "autoscaling:RecordLifecycleActionHeartbeat",
          "autoscaling:CompleteLifecycleAction",
        ]),
        ...(around.groupNames.length > 0
          ? [
              {
                ...allow("Adopt", ["ec2:CreateTags"], `${base}:ec2:${region}:${account}:instance/*`),
                Condition: {
                  StringEquals: { "aws:ResourceTag/groundplan:fleet": around.name },
                  "ForAllValues:StringEquals": { "aws:TagKeys": ["Name", "groundplan:runner"] },
                },
              },
            ]
          : []),
      ];
    case "program":
      return [
        allow("Program", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `${around.programBucketArn}/*`),
        // Without it, what is not there yet would be refused, and not missing.
        allow("Look", ["s3:ListBucket"], around.programBucketArn),
      ];
  }
}

/**
 * What the listener to GitHub's scale sets may do: read the app's secret, write down what waits, and order. It starts and
 * ends nothing.
 */
export function listenerRights(
  around: Pick<Surroundings, "queueArn" | "tableArn"> & { readonly secretArn: string },
): readonly PolicyStatement[] {
  return [
    allow("Secret", ["secretsmanager:GetSecretValue"], around.secretArn),
    allow("Order", ["sqs:SendMessage"], around.queueArn),
    allow("Table", ["dynamodb:PutItem", "dynamodb:DeleteItem"], around.tableArn),
  ];
}

/** Gives instances that stay their tokens. */
const REGISTERS = ["ssm:PutParameter", "ssm:AddTagsToResource"];

/** What a function does with the groups of instances that stay; nothing where there are none. */
function groupRights(
  { region, account, groupNames }: Surroundings,
  actions: readonly string[],
): readonly PolicyStatement[] {
  if (groupNames.length === 0) return [];
  const groups = `arn:${partitionOf(region)}:autoscaling:${region}:${account}:autoScalingGroup:*`;
  return [
    // Auto Scaling lists everything or nothing.
    allow("Groups", ["autoscaling:DescribeAutoScalingGroups"], "*"),
    // By their whole names: `groundplan-dev-*` would be groups of `groundplan-dev-eu` as well.
    allow(
      "Group",
      actions,
      groupNames.map((name) => `${groups}:autoScalingGroupName/${name}`),
    ),
  ];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html */
function launchRights({ name, region, account, instanceRoleArn, launchTemplateArns }: Surroundings) {
  const partition = partitionOf(region);
  const ec2 = `arn:${partition}:ec2:${region}`;
  const own = (kind: string) => `${ec2}:${account}:${kind}/*`;
  return [
    allow("Fleet", ["ec2:CreateFleet"], [own("fleet"), ...launchTemplateArns]),
    {
      ...allow("Launch", ["ec2:CreateFleet", "ec2:RunInstances"], own("instance")),
      Condition: { StringEquals: { "aws:RequestTag/groundplan:fleet": name } },
    },
    allow(
      "LaunchWith",
      ["ec2:RunInstances"],
      [
        ...launchTemplateArns,
        ...["network-interface", "security-group", "subnet", "volume", "spot-instances-request"].map(own),
        // Images of AWS and of Canonical are theirs.
        `${ec2}::image/*`,
      ],
    ),
    {
      ...allow("Tag", ["ec2:CreateTags"], [own("instance"), own("volume"), own("spot-instances-request")]),
      Condition: { StringEquals: { "ec2:CreateAction": ["CreateFleet", "RunInstances"] } },
    },
    {
      ...allow("Role", ["iam:PassRole"], instanceRoleArn),
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    // The newest image of a system is a public parameter, which the caller reads.
    allow("Image", ["ssm:GetParameters"], [`arn:${partition}:ssm:${region}::parameter/aws/service/*`]),
    {
      ...allow(
        "ServiceRoles",
        ["iam:CreateServiceLinkedRole"],
        `arn:${partition}:iam::${account}:role/aws-service-role/*`,
      ),
      Condition: { StringEquals: { "iam:AWSServiceName": ["spot.amazonaws.com", "ec2fleet.amazonaws.com"] } },
    },
  ] satisfies PolicyStatement[];
}

function allow(
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
): PolicyStatement {
  return { Sid, Effect: "Allow", Action, Resource };
}
