import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { InputError } from "../input/file";
import { schemaCheck } from "../input/schema";
import type { Stack } from "../project/project";
import SCHEMA from "./deployables.schema.json";

/** Name of the output in which a stack says what it deploys. */
export const DEPLOYABLES_OUTPUT = "deployables";

/** What a new version has to pass before any caller gets it. */
export interface BeforeTraffic {
  /** Event that it is called with. */
  readonly event?: unknown;

  /** Function that decides. */
  readonly functionName?: string;
}

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
  readonly beforeTraffic?: BeforeTraffic;
  readonly addresses: {
    readonly function: string;
    readonly alias: string;
    readonly canaryAlarms: readonly string[];
  };
}

/** An image that a stack declares. */
export interface DeclaredImage {
  readonly kind: "image";
  readonly environment: string;
  readonly service: string;
  readonly promotedFrom?: string;
  readonly region: string;
  readonly account?: string;

  /** Name of the ECR repository. */
  readonly repository: string;
  readonly immutableTags: boolean;
  readonly pinnedImages?: number;
  readonly gitops: {
    /** Git repository of the manifests, and the branch that is deployed. */
    readonly repository: string;
    readonly revision: string;

    /** Folder of the Kustomize overlay, and the name of the image in its `images:`. */
    readonly path: string;
    readonly image: string;

    /** Argo CD application, namespace, and the Deployment or Rollout. */
    readonly application: string;
    readonly namespace: string;
    readonly workload: string;
    readonly rollout: boolean;
  };
}

/** What the schema lets through: what is known here, and kinds that only a later version knows. */
type Declared = readonly (DeclaredFunction | DeclaredImage | { readonly kind: string })[];

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
  return declaredBy(stack).filter((one): one is DeclaredFunction => one.kind === "lambda");
}

/**
 * The images that a stack declares; none when it declares nothing.
 *
 * @throws CliError when the declaration is not of the form that both packages agree on.
 */
export function declaredImages(stack: Stack): readonly DeclaredImage[] {
  return declaredBy(stack).filter((one): one is DeclaredImage => one.kind === "image");
}

function declaredBy(stack: Stack): Declared {
  const value = stack.json.output?.[DEPLOYABLES_OUTPUT]?.value;
  if (value === undefined) return [];
  try {
    return asDeclared(value);
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
