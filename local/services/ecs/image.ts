import { type AwsCaller, CallError } from "../../gateway/caller";
import type { Place } from "../../gateway/exchange";
import type { ImageSource } from "../../hosts/images";

/** An image of ECR: its registry, repository, and tag or digest. */
export interface EcrImage {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const ECR =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9/._-]+?)(?::([\w.-]{1,128}))?(?:@(sha256:[0-9a-f]{64}))?$/;

const OTHER =
  /^((?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9](?:[a-z0-9/._-]*[a-z0-9])?)(?::([\w.-]{1,128}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/**
 * Where an image lies in the local ECR. One of another registry is looked for in the repository that has its whole name, e.g.
 * `public.ecr.aws/docker/library/postgres`: nothing is fetched from elsewhere, and it can be pushed there.
 *
 * @returns undefined for what is no name of an image.
 */
export function ecrImageOf(image: string, place: Place): EcrImage | undefined {
  const [, account, region, repository, tag, digest] = ECR.exec(image) ?? [];
  if (account !== undefined && region !== undefined && repository !== undefined) {
    return { account, region, repository, ...(digest === undefined ? { tag: tag ?? "latest" } : { digest }) };
  }
  const [, name, otherTag, otherDigest] = OTHER.exec(image) ?? [];
  if (name === undefined) return undefined;
  const version = otherDigest === undefined ? { tag: otherTag ?? "latest" } : { digest: otherDigest };
  return { account: place.account, region: place.region, repository: withRegistry(name), ...version };
}

/** `nginx` is `docker.io/library/nginx`. */
function withRegistry(name: string): string {
  const [first = "", ...rest] = name.split("/");
  if (rest.length === 0) return `docker.io/library/${name}`;
  return first.includes(".") || first === "localhost" ? name : `docker.io/${name}`;
}

/**
 * Where an image is pulled from, by the digest that its tag has now.
 *
 * @param registry - address of the local registry inside the host.
 * @throws as the agent says it, where there is none.
 */
export async function imageSource(image: string, registry: string, caller: AwsCaller): Promise<ImageSource> {
  const found = ecrImageOf(image, caller.place);
  if (!found) throw new Error(`CannotPullContainerError: invalid reference format: ${JSON.stringify(image)}`);
  const { account, repository, tag, digest } = found;
  const call = <T>(operation: string, input: object) =>
    caller.json<T>("ecr", `AmazonEC2ContainerRegistry_V20150921.${operation}`, input);
  const imageId = digest === undefined ? { imageTag: tag } : { imageDigest: digest };
  try {
    const { imageDetails } = await call<{ imageDetails: readonly { readonly imageDigest: string }[] }>(
      "DescribeImages",
      {
        registryId: account,
        repositoryName: repository,
        imageIds: [imageId],
      },
    );
    const { authorizationData } = await call<{
      authorizationData: readonly { readonly authorizationToken: string }[];
    }>("GetAuthorizationToken", { registryIds: [account] });
    const password = Buffer.from(authorizationData[0]?.authorizationToken ?? "", "base64").toString();
    const exact = imageDetails[0]?.imageDigest;
    if (exact === undefined) throw new Error(`CannotPullContainerError: ${image}: not found`);
    return { registry, repository, digest: exact, token: password.slice("AWS:".length) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new Error(
      `CannotPullContainerError: ref pull has been retried 1 time(s): failed to resolve reference "${image}": ${error.message}; images come from the local ECR alone: push it to the repository ${repository}`,
    );
  }
}
