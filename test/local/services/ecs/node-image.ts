import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../../program";
import { pushImage } from "../../push-image";

const ROOT = join(__dirname, "..", "..", "..", "..");

/** Name of the image, as task definitions write it on AWS. */
export const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/node:v1";

/** Pushes an image of this machine's Node alone, as the root of the service `app` is made; it runs as the user 1000. */
export async function pushNode(endpoint: string, folder: string): Promise<void> {
  const root = join(folder, "root");
  mkdirSync(root);
  const script = join(ROOT, "services", "app", "image", "root.mjs");
  await succeed(process.execPath, [script, root]);
  const archive = join(folder, "node.tar");
  await succeed("tar", [
    "--create",
    "--owner=0",
    "--group=0",
    "--mode=u=rwX,go=rX",
    "--file",
    archive,
    "--directory",
    root,
    ".",
  ]);
  const config = { Entrypoint: ["/usr/bin/node"], User: "1000:1000", Env: ["FROM_IMAGE=yes"] };
  await pushImage(endpoint, { repository: "groundplan/dev/node", tag: "v1", archive, config });
}

async function succeed(file: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(file, args);
  if (code !== 0) throw new Error(`${file} ended with ${code}\n${output}`);
}
