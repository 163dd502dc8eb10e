import { type PolicyStatement, partitionOf } from "./policy";

/**
 * What Session Manager needs on an instance. AmazonSSMManagedInstanceCore has more: by it whoever is on the instance would read
 * every parameter of the account.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export function sessionStatements(region: string, account: string): readonly PolicyStatement[] {
  return [
    {
      Sid: "Sessions",
      Effect: "Allow",
      Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      // None of them takes a resource.
      Resource: "*",
    },
    {
      Sid: "Reachable",
      Effect: "Allow",
      Action: "ssm:UpdateInstanceInformation",
      Resource: `arn:${partitionOf(region)}:ec2:${region}:${account}:instance/*`,
    },
  ];
}
