import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { InputError } from "../input/file";
import { schemaCheck } from "../input/schema";
import type { Stack } from "../project/project";
import SCHEMA from "./deployables.schema.json";

/** Name of the output in which a stack says what it deploys. */
export const DEPLOYABLES_OUTPUT = "deployables";

/** A function that a stack declares; `deployables.schema.json` says what each key means. */
export interface DeclaredFunction {
  readonly kind: "lambda";
  readonly environment: string;
  readonly service: string;
  readonly promotedFrom?: string;
  readonly pin: string;
  readonly contract: string;
  readonly region: string;
  readonly account?: string;
  readonly functionName: string;
  readonly alias: string;
  readonly addresses: {
    readonly function: string;
    readonly alias: string;
    readonly canaryAlarms: readonly string[];
  };
}

/** What the schema lets through: the functions, and kinds that only a later version knows. */
type Declared = readonly (DeclaredFunction | { readonly kind: string })[];

const asDeclared = schemaCheck<Declared>(SCHEMA);

/** Whether a stack declares what it deploys. */
export function declaresDeployables({ json }: Stack): boolean {
  return json.output?.[DEPLOYABLES_OUTPUT] !== undefined;
}

/**
 * The functions that a stack declares; none when it declares nothing.
 *
 * @throws CliError when the declaration is not of the form that both packages agree on.
 */
export function declaredFunctions(stack: Stack): readonly DeclaredFunction[] {
  const value = stack.json.output?.[DEPLOYABLES_OUTPUT]?.value;
  if (value === undefined) return [];
  try {
    return asDeclared(value).filter((one): one is DeclaredFunction => one.kind === "lambda");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(
      EXIT.USAGE,
      `output ${DEPLOYABLES_OUTPUT} of stack ${stack.name} is not a declaration of deployables: ${error.message}`,
      `at ${stack.folder}`,
      `use @groundplan/modules of the command line's version, and synthesize again: ${page("serverless")}`,
    );
  }
}
