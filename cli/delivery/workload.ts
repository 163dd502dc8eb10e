import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import type { Stack } from "../project/project";

/** Where the pods of a service run. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
}

/** Part of an image that a stack declares in its output `deployables`. */
interface DeclaredImage {
  readonly kind?: unknown;
  readonly environment?: unknown;
  readonly service?: unknown;
  readonly gitops?: { readonly namespace?: unknown; readonly workload?: unknown };
}

/** What runs a service in an environment, as the stacks declare it. @throws CliError when none does. */
export function workloadIn(stacks: readonly Stack[], environment: string, service: string): Workload {
  const images = stacks.flatMap(({ json }) => {
    const value: unknown = json.output?.deployables?.value;
    return Array.isArray(value) ? value.filter((one: DeclaredImage | null) => one?.kind === "image") : [];
  }) as readonly DeclaredImage[];
  const found = images.find((one) => one.environment === environment && one.service === service)?.gitops;
  if (typeof found?.namespace === "string" && typeof found.workload === "string") {
    return { namespace: found.namespace, name: found.workload };
  }
  const declared = images.map((one) => `${one.service} in ${one.environment}`).join(", ");
  throw new CliError(
    EXIT.USAGE,
    `no stack declares service ${JSON.stringify(service)} in environment ${JSON.stringify(environment)}`,
    declared === "" ? "none declares an image at all" : `declared: ${declared}`,
    `name it: --namespace <name> --workload <name>: ${page("delivery")}`,
  );
}
