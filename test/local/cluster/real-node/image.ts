import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { GO_ENVIRONMENT } from "../../../../local/cluster/tools";
import { runProgram } from "../../../program";

/** Name of an image that is pushed, as manifests write it on AWS. */
export const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/server:v1";

const REPOSITORY = "groundplan/dev/server";

/** Builds the program of `server/`, and pushes it to the local ECR as the one file of an image. */
export async function pushServer(endpoint: string, folder: string): Promise<void> {
  const binary = join(folder, "server");
  const source = join(__dirname, "server", "main.go");
  const build = ["build", "-trimpath", "-ldflags", "-s -w", "-o", binary, source];
  const environment = { ...GO_ENVIRONMENT, GOFLAGS: "-buildvcs=false" };
  const built = await runProgram("go", build, { cwd: folder, environment });
  if (built.code !== 0) throw new Error(built.output);
  const archive = join(folder, "layer.tar");
  const packed = await runProgram("tar", ["--create", "--file", archive, "--directory", folder, "server"]);
  if (packed.code !== 0) throw new Error(packed.output);

  const ecr = new ECRClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "groundplan-local", secretAccessKey: "any" },
  });
  await ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
  const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const put = async (path: string, method: string, content: Buffer, type: string) => {
    const answer = await fetch(`${endpoint}/v2/${REPOSITORY}/${path}`, {
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
  const config = Buffer.from(
    JSON.stringify({
      architecture: { x64: "amd64" }[process.arch as string] ?? process.arch,
      os: "linux",
      config: { Entrypoint: ["/server"] },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await blob(config, "application/vnd.oci.image.config.v1+json"),
    layers: [await blob(layer, "application/vnd.oci.image.layer.v1.tar")],
  };
  await put("manifests/v1", "PUT", Buffer.from(JSON.stringify(manifest)), mediaType);
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
