import type { Place } from "../../../gateway/exchange";
import type { Forward } from "../../../gateway/service";
import { EcrError } from "../error";

/** What is asked of a repository when an image is pushed. */
export interface Repository {
  readonly repositoryName: string;
  readonly repositoryUri: string;
  readonly imageTagMutability?: string;
  readonly imageTagMutabilityExclusionFilters?: readonly { readonly filter: string }[];
}

/** Calls ECR's API, which the emulator answers. @throws EcrError as the API does. */
export async function callEcr(
  ask: Forward,
  { account, region }: Place,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const answer = await ask({
    method: "POST",
    url: "/",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AmazonEC2ContainerRegistry_V20150921.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
    },
    scope: { accessKey: account, region, service: "ecr" },
    operation,
    body: Buffer.from(JSON.stringify(input)),
  });
  const found = JSON.parse(answer.body.toString() || "{}");
  if (answer.status === 200) return found;
  throw new EcrError(
    String(found.__type ?? "ServerException").replace(/^.*#/, ""),
    String(found.message ?? ""),
  );
}

/** @throws EcrError `RepositoryNotFoundException` when there is none of that name. */
export async function findRepository(ask: Forward, place: Place, name: string): Promise<Repository> {
  const found = await callEcr(ask, place, "DescribeRepositories", { repositoryNames: [name] });
  return (found.repositories as Repository[])[0] as Repository;
}

/**
 * Whether a tag of a repository stays where it is once it was set.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 */
export function isImmutable(repository: Repository, tag: string): boolean {
  const { imageTagMutability = "MUTABLE", imageTagMutabilityExclusionFilters: filters = [] } = repository;
  const excluded = filters.some(({ filter }) => matches(filter, tag));
  return (
    imageTagMutability.startsWith("IMMUTABLE") !==
    (imageTagMutability.endsWith("_WITH_EXCLUSION") && excluded)
  );
}

/** A wildcard stands for any number of characters. */
function matches(filter: string, tag: string): boolean {
  const parts = filter.split("*").map((part) => part.replace(/[.\\^$+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
}
