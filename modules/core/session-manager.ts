import { type PolicyStatement, partitionOf } from "./policy";

/** By what a session reaches an instance, or a container of ECS Exec. */
export const SESSION_ACTIONS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
] as const;

/**
 * What Session Manager needs on an instance. AmazonSSMManagedInstanceCore has more: by it whoever is on the instance would read
 * every parameter of the account.
 *
 * @param instancesIn - Region of the instances; `*` where they are in several.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export function sessionStatements(
  region: string,
  account: string,
  instancesIn = region,
): readonly PolicyStatement[] {
  return [
    {
      Sid: "Sessions",
      Effect: "Allow",
      Action: [...SESSION_ACTIONS],
      // None of them takes a resource.
      Resource: "*",
    },
    {
      Sid: "Reachable",
      Effect: "Allow",
      Action: "ssm:UpdateInstanceInformation",
      Resource: `arn:${partitionOf(region)}:ec2:${instancesIn}:${account}:instance/*`,
    },
  ];
}
