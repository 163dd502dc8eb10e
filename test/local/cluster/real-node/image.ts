import { join } from "node:path";
import { GO_ENVIRONMENT } from "../../../../local/cluster/tools";
import { runProgram } from "../../../program";
import { pushImage } from "../../push-image";

/** Name of an image that is pushed, as manifests write it on AWS. */
export const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/server:v1";

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
  const image = {
    repository: "groundplan/dev/server",
    tag: "v1",
    archive,
    config: { Entrypoint: ["/server"] },
  };
  await pushImage(endpoint, image);
}
