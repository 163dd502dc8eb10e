import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { checkAccount } from "../artifact/account";
import { type Target, targetsOf } from "../artifact/target";
import { nameOf, unreachable } from "../aws/errors";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { parseJson } from "../input/json";
import { findProject, readStacks, type Stack } from "../project/project";
import { synthesizeIfMissing } from "../project/synth";

/** The function of a fleet that does what a person asks. */
const OPERATOR = "runner-scale-down";

/** The function that takes webhooks: its contract says where. */
const WEBHOOK = "runner-webhook";

/** The runners of an environment: the functions that its stack declares. */
export interface RunnerFleet {
  readonly operator: Target;
  readonly webhook: Target | undefined;
}

/** The runners of an environment, in the project here; of the only one that has some when none is named. */
export async function fleetHere(environment: string | undefined): Promise<RunnerFleet> {
  const project = findProject();
  await synthesizeIfMissing(project);
  return fleetIn(readStacks(project), environment);
}

/** @throws CliError when no stack has runners, or several have and none is named. */
export function fleetIn(stacks: readonly Stack[], environment: string | undefined): RunnerFleet {
  const targets = targetsOf(stacks);
  const operators = targets.filter(({ service }) => service === OPERATOR);
  const names = operators.map((target) => target.environment).join(", ");
  if (operators.length === 0)
    throw new CliError(
      EXIT.USAGE,
      "no stack has runners",
      `turn them on in an overlay: ${page("runners")}`,
      "if one has, it was synthesized before: npx cdktf synth",
    );
  const [only] = operators;
  const operator =
    environment === undefined && operators.length === 1
      ? only
      : operators.find((target) => target.environment === environment);
  if (!operator)
    throw new CliError(
      EXIT.USAGE,
      environment === undefined
        ? "several environments have runners"
        : `environment ${JSON.stringify(environment)} has no runners`,
      `name one of ${names}`,
    );
  const webhook = targets.find(
    (target) => target.service === WEBHOOK && target.environment === operator.environment,
  );
  return { operator, webhook };
}

/**
 * Has the fleet's function do something. It has the rights and the app's key; who asks needs only to invoke it.
 *
 * @returns what it answers. @throws CliError when it is not deployed, is older than this command, or refuses.
 */
export async function ask(
  { operator }: Pick<RunnerFleet, "operator">,
  operation: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { environment, region, functionName, alias, stack } = operator;
  await checkAccount(environment, operator);
  const deploy = `npx groundplan artifact deploy ${environment} --service ${OPERATOR}`;
  const client = new LambdaClient({ region });
  const { Payload, FunctionError } = await client
    .send(
      new InvokeCommand({
        FunctionName: functionName,
        Qualifier: alias,
        Payload: Buffer.from(JSON.stringify(operation)),
      }),
    )
    .catch((error: unknown) => {
      if (nameOf(error) !== "ResourceNotFoundException") throw unreachable(error);
      throw new CliError(
        EXIT.FAILED,
        `function ${functionName} is not there: the runners of ${environment} are not deployed`,
        `deploy them: npx groundplan apply ${stack.name}`,
      );
    });
  const text = Buffer.from(Payload ?? []).toString("utf8");
  const answer = text === "" ? null : parseJson(text);
  const { errorMessage, refused } = (answer ?? {}) as Partial<Record<string, unknown>>;
  if (FunctionError !== undefined)
    throw new CliError(
      EXIT.FAILED,
      `function ${functionName} failed: ${typeof errorMessage === "string" ? errorMessage : FunctionError}`,
      `its log: /aws/lambda/${functionName}`,
    );
  if (typeof refused === "string")
    throw new CliError(
      EXIT.FAILED,
      `the runners of ${environment} cannot be asked: ${refused}`,
      `see what is missing: npx groundplan runner doctor ${environment}`,
    );
  if (answer === null)
    throw new CliError(
      EXIT.FAILED,
      `function ${functionName} is older than this command`,
      `deploy it: ${deploy}`,
    );
  return answer;
}
