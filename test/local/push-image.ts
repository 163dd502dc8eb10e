import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";

/** An image of one layer. */
export interface ImageProps {
  /** Name of the repository, which is made, e.g. `groundplan/dev/server`. */
  readonly repository: string;
  readonly tag: string;

  /** Path of the layer's archive. */
  readonly archive: string;

  /** `config` of the image, e.g. its entry point. */
  readonly config: object;
}

/** Pushes an image to the local ECR, by the protocol that Docker's clients speak. */
export async function pushImage(
  endpoint: string,
  { repository, tag, archive, config }: ImageProps,
): Promise<void> {
  const ecr = new ECRClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "groundplan-local", secretAccessKey: "any" },
  });
  await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
  const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const put = async (path: string, method: string, content: Buffer, type: string) => {
    const answer = await fetch(`${endpoint}/v2/${repository}/${path}`, {
      method,
      headers: {
        authorization: `Basic ${authorizationData[0]?.authorizationToken}`,
        "content-type": type,
      },
      body: new Uint8Array(content),
    });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const blob = async (content: Buffer, mediaType: string) => {
    await put(`blobs/uploads/?digest=${digestOf(content)}`, "POST", content, "application/octet-stream");
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  const layer = readFileSync(archive);
  const content = Buffer.from(
    JSON.stringify({
      architecture: { x64: "amd64" }[process.arch as string] ?? process.arch,
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await blob(content, "application/vnd.oci.image.config.v1+json"),
    layers: [await blob(layer, "application/vnd.oci.image.layer.v1.tar")],
  };
  await put(`manifests/${tag}`, "PUT", Buffer.from(JSON.stringify(manifest)), mediaType);
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
