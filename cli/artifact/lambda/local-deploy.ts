import {
  LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  type UpdateFunctionCodeCommandInput,
} from "@aws-sdk/client-lambda";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { BuiltArtifact } from "../built";
import type { Pin } from "../pin";
import type { Target } from "../target";
import { functionVersions } from "./function-versions";

/**
 * Refuses everything but an AWS on this machine: what is deployed past pin and state is for a laptop alone.
 *
 * @returns its address.
 * @throws CliError where requests go to AWS, or to another machine.
 */
export function checkLocal(endpoint: string | undefined = process.env.AWS_ENDPOINT_URL): string {
  if (endpoint !== undefined && isHere(endpoint)) return endpoint;
  throw new CliError(
    EXIT.USAGE,
    `watch deploys to the local AWS alone, and ${endpoint === undefined ? "AWS_ENDPOINT_URL is not set" : `AWS_ENDPOINT_URL is ${endpoint}`}`,
    "it leaves out the pin, the plan and the state, which a shared environment needs",
    'start the local AWS: npx groundplan local up; then eval "$(npx groundplan local env)"',
  );
}

function isHere(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Gives a function other code, and all its callers with it: the alias is on what no version is made of. So Terraform sees
 * that it is not where the state has it, and the versions are those of artifacts.
 *
 * @throws CliError when there is no such function.
 */
export async function deployLocally(target: Target, { bytes }: Pick<BuiltArtifact, "bytes">): Promise<void> {
  await giveCode(target, { ZipFile: bytes }, "$LATEST");
}

/**
 * Gives a function the code back that is pinned, and its callers the version that has it.
 *
 * @returns that version; undefined where there is none any more, and nothing was changed.
 */
export async function restorePinned(
  target: Target,
  { bucket, key, versionId, sourceCodeHash }: Pick<Pin, "bucket" | "key" | "versionId" | "sourceCodeHash">,
): Promise<string | undefined> {
  const made = await functionVersions(target);
  const version = made?.versions.findLast((one) => one.sourceCodeHash === sourceCodeHash)?.version;
  if (version === undefined) return undefined;
  await giveCode(target, { S3Bucket: bucket, S3Key: key, S3ObjectVersion: versionId }, version);
  return version;
}

type Code = Pick<UpdateFunctionCodeCommandInput, "ZipFile" | "S3Bucket" | "S3Key" | "S3ObjectVersion">;

async function giveCode(
  { functionName: FunctionName, alias: Name, region, stack }: Target,
  code: Code,
  FunctionVersion: string,
): Promise<void> {
  // An address of Lambda's own in the environment or a profile would come before it.
  const lambda = new LambdaClient({ region, endpoint: checkLocal() });
  const RoutingConfig = { AdditionalVersionWeights: {} };
  try {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...code }));
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion, RoutingConfig }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw unreachable(error);
    throw new CliError(
      EXIT.FAILED,
      `function ${FunctionName} is not there`,
      `in ${region}`,
      `deploy its stack first: npx cdktf deploy ${stack.name}`,
    );
  }
}
