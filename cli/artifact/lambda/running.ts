import { GetAliasCommand, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Running } from "../kind";
import type { Target } from "../target";

/** What runs behind the alias of a target; undefined when it is not deployed. */
export async function runningOf(target: Target): Promise<Running | undefined> {
  const lambda = new LambdaClient({ region: target.region });
  const { functionName: FunctionName, alias: Name } = target;
  try {
    const { FunctionVersion = "", RoutingConfig } = await lambda.send(
      new GetAliasCommand({ FunctionName, Name }),
    );
    const { CodeSha256 = "" } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName, Qualifier: FunctionVersion }),
    );
    return {
      version: FunctionVersion,
      sourceCodeHash: CodeSha256,
      weights: RoutingConfig?.AdditionalVersionWeights ?? {},
    };
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw unreachable(error);
  }
}

/** SHA-256 of the code of one version, in Base64. */
export async function codeOf({ region, functionName }: Target, version: string): Promise<string | undefined> {
  try {
    const get = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: version });
    return (await new LambdaClient({ region }).send(get)).CodeSha256;
  } catch (error) {
    throw unreachable(error);
  }
}

/** Names of the variables that the newest version of a function has, whoever set them; none while there is no function. */
export async function variablesOf({ region, functionName }: Target): Promise<readonly string[]> {
  const get = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  try {
    const { Environment } = await new LambdaClient({ region }).send(get);
    return Object.keys(Environment?.Variables ?? {});
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw unreachable(error);
  }
}

/** How an environment switches to a new artifact: what its stack says of itself. */
export interface Gradual {
  /** Percent of the traffic that a new artifact gets first; 100 switches at once. */
  readonly percent: number;

  /** Minutes for which it gets that share. */
  readonly minutes: number;

  /** Alarms that end it. */
  readonly alarmNames: readonly string[];
}

/** Reads how an environment switches; at once while its stack says nothing. @throws CliError when what it says is not readable. */
export async function gradualOf(target: Target): Promise<Gradual> {
  const said = await contractOf(target);
  if (!said) {
    throw new CliError(
      EXIT.FAILED,
      `parameter ${target.contract} does not say how ${target.environment} switches: it holds no JSON object`,
      `in ${target.region}`,
      `deploy the stack, which writes it: npx cdktf deploy ${target.stack.name}; or switch at once with --at-once`,
    );
  }
  const { canaryPercent, canaryMinutes, alarmNames } = said;
  return {
    percent: typeof canaryPercent === "number" ? canaryPercent : 100,
    minutes: typeof canaryMinutes === "number" ? canaryMinutes : 0,
    alarmNames: Array.isArray(alarmNames) ? alarmNames.map(String) : [],
  };
}

/** Where callers find it; undefined while its stack says nothing of an API. */
export async function urlOf(target: Target): Promise<string | undefined> {
  const url = (await contractOf(target))?.url;
  return typeof url === "string" ? url : undefined;
}

/** What a stack says of what it made: nothing while it is not deployed; undefined when that is no JSON object. */
async function contractOf({
  region,
  contract,
}: Target): Promise<Partial<Record<string, unknown>> | undefined> {
  const get = new GetParameterCommand({ Name: contract });
  const text = await new SSMClient({ region }).send(get).then(
    ({ Parameter }) => Parameter?.Value,
    (error: unknown) => {
      if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
      throw unreachable(error);
    },
  );
  try {
    const said: unknown = JSON.parse(text ?? "{}");
    return typeof said === "object" && said !== null ? { ...said } : undefined;
  } catch {
    return undefined;
  }
}
