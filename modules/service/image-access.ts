import type { PolicyStatement } from "../core";
import { partitionOf } from "../core/partition";
import { CACHE_ACTIONS } from "../registry/cache-access";
import { UPSTREAMS } from "../registry/upstreams";

/** The parts of an image's name in ECR. */
const ECR_IMAGE =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9][a-z0-9._/-]*?)(?:[:@].*)?$/;

/** A repository of a pull-through cache: the first task that pulls an image makes it. */
const CACHED = new RegExp(`/(?:${Object.keys(UPSTREAMS).join("|")})/`);

/**
 * What the role that starts a task needs to pull its image: nothing for a public registry, and for ECR the one
 * repository. An image that only Terraform knows may lie in any repository of the account. One of a pull-through cache comes
 * there by its first pull, which needs more.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html
 */
export function imageStatements(
  image: string,
  { region, account }: { readonly region: string; readonly account: string },
): readonly PolicyStatement[] {
  const isToken = image.includes("${");
  const [, owner = account, place = region, repository = "*"] = ECR_IMAGE.exec(image) ?? [];
  if (!isToken && !ECR_IMAGE.test(image)) return [];
  const arn = `arn:${partitionOf(place)}:ecr:${place}:${owner}:repository/${repository}`;
  return [
    // A token is the registry's, not a repository's.
    { Sid: "RegistryToken", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "PullImage",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: arn,
    },
    ...(owner === account && CACHED.test(repository)
      ? [{ Sid: "FillCache", Effect: "Allow", Action: CACHE_ACTIONS, Resource: arn } as const]
      : []),
  ];
}
