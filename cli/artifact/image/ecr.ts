import {
  BatchDeleteImageCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  type ImageDetail,
  paginateDescribeImages,
} from "@aws-sdk/client-ecr";
import { nameOf, unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RegistryAddress } from "./registry";

/** An image of a repository, as ECR lists it. */
export interface ListedImage {
  readonly digest: string;
  readonly tags: readonly string[];

  /** When it was pushed, in ISO 8601. */
  readonly time: string;
  readonly size: number;
}

/** The repositories of an account in a Region. */
export class Ecr {
  private readonly client: ECRClient;

  constructor(region: string) {
    this.client = new ECRClient({ region });
  }

  /** Where Docker's protocol is spoken, with a token of 12 hours. */
  async registry(): Promise<RegistryAddress> {
    try {
      const { authorizationData } = await this.client.send(new GetAuthorizationTokenCommand({}));
      const [first] = authorizationData ?? [];
      const { authorizationToken, proxyEndpoint } = first ?? {};
      if (authorizationToken && proxyEndpoint)
        return {
          // The local AWS is at one address, and knows the registry by the token. The address of ECR's API alone, e.g. of its
          // VPC endpoint, is none of the registry's, which has an endpoint and a name of its own.
          url: process.env.AWS_ENDPOINT_URL ?? proxyEndpoint,
          authorization: `Basic ${authorizationToken}`,
        };
    } catch (error) {
      throw unreachable(error);
    }
    throw new CliError(EXIT.FAILED, "ECR gave no token for its registry");
  }

  /** Images of a repository that have a tag, the last pushed first; what is about one of them has none. */
  async images(repositoryName: string): Promise<readonly ListedImage[]> {
    const found = await this.listed(repositoryName, "TAGGED");
    return found.filter(({ tags }) => tags.some((tag) => !REFERRERS_TAG.test(tag)));
  }

  /** What has no tag in a repository, the last pushed first: parts of images, what is about them, and what was left. */
  untagged(repositoryName: string): Promise<readonly ListedImage[]> {
    return this.listed(repositoryName, "UNTAGGED");
  }

  private async listed(
    repositoryName: string,
    tagStatus: "TAGGED" | "UNTAGGED",
  ): Promise<readonly ListedImage[]> {
    const found: ImageDetail[] = [];
    const filter = { tagStatus };
    try {
      const pages = paginateDescribeImages({ client: this.client }, { repositoryName, filter });
      for await (const { imageDetails = [] } of pages) found.push(...imageDetails);
    } catch (error) {
      throw this.explained(error, repositoryName);
    }
    return found
      .map(({ imageDigest = "", imageTags = [], imagePushedAt, imageSizeInBytes = 0 }) => ({
        digest: imageDigest,
        tags: imageTags,
        time: imagePushedAt?.toISOString() ?? "",
        size: imageSizeInBytes,
      }))
      .sort((a, b) => (a.time < b.time ? 1 : -1));
  }

  /** An image by its digest; undefined when it is not there. */
  async image(repositoryName: string, digest: string): Promise<ListedImage | undefined> {
    try {
      const { imageDetails = [] } = await this.client.send(
        new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }),
      );
      const [one] = imageDetails;
      if (!one) return undefined;
      const { imageTags = [], imagePushedAt, imageSizeInBytes = 0 } = one;
      return { digest, tags: imageTags, time: imagePushedAt?.toISOString() ?? "", size: imageSizeInBytes };
    } catch (error) {
      if (nameOf(error) === "ImageNotFoundException") return undefined;
      throw this.explained(error, repositoryName);
    }
  }

  /** Deletes images by their digests, with all their tags. @throws CliError when ECR keeps one of them. */
  async remove(repositoryName: string, digests: readonly string[]): Promise<void> {
    for (let at = 0; at < digests.length; at += 100) {
      const imageIds = digests.slice(at, at + 100).map((imageDigest) => ({ imageDigest }));
      try {
        const { failures = [] } = await this.client.send(
          new BatchDeleteImageCommand({ repositoryName, imageIds }),
        );
        // What is gone already is as it was to be.
        const kept = failures.filter(({ failureCode }) => failureCode !== "ImageNotFound");
        if (kept.length === 0) continue;
        throw new CliError(
          EXIT.FAILED,
          `ECR did not delete ${kept.length} images of ${repositoryName}`,
          ...kept.map(({ imageId, failureReason = "" }) => `${imageId?.imageDigest}: ${failureReason}`),
        );
      } catch (error) {
        throw this.explained(error, repositoryName);
      }
    }
  }

  private explained(error: unknown, repository: string): CliError {
    if (nameOf(error) !== "RepositoryNotFoundException") return unreachable(error);
    const [, environment = "<environment>"] = repository.split("/");
    return new CliError(
      EXIT.MISSING,
      `there is no repository ${repository}`,
      `make it: npx cdktf deploy ${environment}-registry`,
    );
  }
}

/** The tag in which a registry without a list of referrers keeps one. */
const REFERRERS_TAG = /^sha256-[0-9a-f]{64}$/;
