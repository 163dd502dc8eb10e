import { Ajv, type ValidateFunction } from "ajv";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
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

let compiled: ValidateFunction<Declared> | undefined;

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
  compiled ??= new Ajv({ strict: false }).compile<Declared>(SCHEMA);
  if (compiled(value)) return value.filter((one): one is DeclaredFunction => one.kind === "lambda");
  const [error] = compiled.errors ?? [];
  throw new CliError(
    EXIT.USAGE,
    `output ${DEPLOYABLES_OUTPUT} of stack ${stack.name} is not a declaration of deployables: ${DEPLOYABLES_OUTPUT}${error?.instancePath} ${error?.message}`,
    `at ${stack.folder}`,
    "use @groundplan/modules of the command line's version, and synthesize again: docs/serverless.md",
  );
}
