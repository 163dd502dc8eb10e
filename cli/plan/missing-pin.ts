import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Stack } from "../project/project";

/**
 * A failure as an error that says which artifact has to be pinned first, where the parameter that is not there is the pin of
 * a service that the stack deploys; undefined for any other failure.
 */
export function missingPin(stack: Stack, output: string): CliError | undefined {
  const text = output.replaceAll(/\s*[│\n]\s*/g, " ");
  if (!/couldn't find resource|ParameterNotFound/.test(text)) return undefined;
  const declared = stack.json.output?.deployables?.value;
  const missing = (Array.isArray(declared) ? (declared as readonly Partial<Deployable>[]) : []).find(
    ({ pin }) => typeof pin === "string" && text.includes(pin),
  );
  if (missing === undefined) return undefined;
  const { environment, service, pin } = missing;
  return new CliError(
    EXIT.FAILED,
    `no artifact of ${service} is pinned in ${environment}: there is no parameter ${pin}`,
    `at ${stack.folder}`,
    "pin the first one of every service: npx groundplan bootstrap",
    `or one that you build: npx groundplan artifact publish ${service}, then npx groundplan artifact deploy ${environment} --service ${service}`,
  );
}

/** What a stack says of a function that it deploys. */
interface Deployable {
  readonly environment: string;
  readonly service: string;

  /** Name of the SSM parameter that holds the pin. */
  readonly pin: string;
}
