import type { PolicyStatement } from "../core/policy";
import { PULL_ACTIONS, PUSH_ACTIONS } from "../registry/grants";

/** Which images a delivery brings where. */
export interface DeliveryAccess {
  /** ARNs of the environment's own repositories in ECR, each in full. */
  readonly pushes: readonly string[];

  /**
   * ARNs of the repositories of the environment before, from which images are promoted.
   *
   * @default - none: it is the first
   */
  readonly pulls?: readonly string[];
}

/**
 * What publishes and promotes images: pushes to the environment's own repositories, pulls from those of the environment
 * before, and nothing else. It deletes no image, sets no policy, and reads no secret.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 */
export function githubDeliveryStatements({ pushes, pulls = [] }: DeliveryAccess): readonly PolicyStatement[] {
  return [
    { Sid: "LogIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    { Sid: "Publish", Effect: "Allow", Action: [...PUSH_ACTIONS, "ecr:DescribeImages"], Resource: pushes },
    ...(pulls.length === 0
      ? []
      : [{ Sid: "Promote", Effect: "Allow", Action: PULL_ACTIONS, Resource: pulls } as const]),
  ];
}
