import { LambdaClient, UpdateAliasCommand, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { BuiltArtifact } from "../built";
import type { Target } from "../target";

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
 * Gives a function other code, and all its callers with it: one version more, and the alias on it.
 *
 * @returns the new version.
 */
export async function deployLocally(
  target: Target,
  { bytes }: Pick<BuiltArtifact, "bytes">,
): Promise<string> {
  // An address of Lambda's own in the environment or a profile would come before it.
  const endpoint = checkLocal();
  const { functionName: FunctionName, alias: Name, region } = target;
  const lambda = new LambdaClient({ region, endpoint });
  try {
    const update = new UpdateFunctionCodeCommand({ FunctionName, ZipFile: bytes, Publish: true });
    const { Version: FunctionVersion = "" } = await lambda.send(update);
    const RoutingConfig = { AdditionalVersionWeights: {} };
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion, RoutingConfig }));
    return FunctionVersion;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw unreachable(error);
    throw new CliError(
      EXIT.FAILED,
      `function ${FunctionName} is not there`,
      `in ${region}`,
      `deploy its stack first: npx cdktf deploy ${target.stack.name}`,
    );
  }
}
