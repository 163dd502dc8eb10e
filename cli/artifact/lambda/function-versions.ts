import {
  DeleteFunctionCommand,
  LambdaClient,
  paginateListAliases,
  paginateListVersionsByFunction,
} from "@aws-sdk/client-lambda";
import { nameOf, unreachable } from "../../aws/errors";
import type { DeployedVersion, DeployedVersions } from "../kind";
import type { Target } from "../target";

type Place = Pick<Target, "region" | "functionName">;

/** The versions of a function; undefined while there is none. */
export async function functionVersions(place: Place): Promise<DeployedVersions | undefined> {
  const client = new LambdaClient({ region: place.region });
  const versions: DeployedVersion[] = [];
  try {
    const pages = paginateListVersionsByFunction({ client }, { FunctionName: place.functionName });
    for await (const { Versions = [] } of pages) {
      for (const { Version = "", CodeSha256 = "", CodeSize = 0, LastModified = "" } of Versions) {
        // $LATEST is no version, and the function's own.
        if (!/^\d+$/.test(Version)) continue;
        const time = new Date(LastModified.replace(/\+0000$/, "Z"));
        versions.push({
          version: Version,
          sourceCodeHash: CodeSha256,
          size: CodeSize,
          time: Number.isNaN(time.getTime()) ? LastModified : time.toISOString(),
        });
      }
    }
    versions.sort((one, other) => Number(one.version) - Number(other.version));
    return { versions, aliases: await aliasesOf(client, place.functionName) };
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return undefined;
    throw unreachable(error);
  }
}

/** Versions that an alias of a function is on or gives a share to, by the names of these aliases. */
export async function aliasedVersions(place: Place): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    return await aliasesOf(new LambdaClient({ region: place.region }), place.functionName);
  } catch (error) {
    throw unreachable(error);
  }
}

async function aliasesOf(
  client: LambdaClient,
  functionName: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for await (const { Aliases = [] } of paginateListAliases({ client }, { FunctionName: functionName })) {
    for (const { Name = "", FunctionVersion = "", RoutingConfig } of Aliases) {
      const shares = Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {});
      for (const version of [FunctionVersion, ...shares])
        found.set(version, [...(found.get(version) ?? []), Name]);
    }
  }
  return found;
}

/**
 * Deletes one version of a function. Lambda refuses it for one that an alias leads to, whoever was faster.
 *
 * @returns whether it is gone; `false` when Lambda refused.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
 */
export async function deleteVersion({ region, functionName }: Place, version: string): Promise<boolean> {
  // Without a version, it would be the whole function.
  if (!/^\d+$/.test(version)) throw new Error(`${JSON.stringify(version)} is no version of ${functionName}`);
  try {
    await new LambdaClient({ region }).send(
      new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: version }),
    );
    return true;
  } catch (error) {
    const name = nameOf(error);
    if (name === "ResourceNotFoundException") return true;
    if (name === "ResourceConflictException") return false;
    throw unreachable(error);
  }
}
