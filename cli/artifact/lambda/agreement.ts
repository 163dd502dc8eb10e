import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { Service } from "../service";
import type { Target } from "../target";

/** What a service and the function of its stack both say, in the words of each. */
const SAME = [
  ["runtime", "runtime"],
  ["handler", "handler"],
  ["architecture", "architectures"],
] as const;

/**
 * Sees to it that a function is what its service was built for: its runtime, handler and processor.
 *
 * @throws CliError that names every difference, and both places.
 */
export function checkAgreement({ name, folder, settings }: Service, targets: readonly Target[]): void {
  const differences = targets.flatMap(({ stack, functionAddress }) => {
    const [type = "", id = ""] = functionAddress.split(".");
    const declared = stack.json.resource?.[type]?.[id] as Readonly<Record<string, unknown>> | undefined;
    return SAME.flatMap(([setting, argument]) => {
      const said = declared?.[argument];
      const value: unknown = Array.isArray(said) ? said[0] : said;
      // What only Terraform knows, or leaves to AWS, is not compared.
      if (typeof value !== "string" || value.includes("${") || value === settings[setting]) return [];
      return [`${setting} is ${settings[setting]} for the build, and ${value} in stack ${stack.name}`];
    });
  });
  if (differences.length === 0) return;
  throw new CliError(
    EXIT.USAGE,
    `service ${name} is built for another function than its stack has`,
    ...new Set(differences),
    `say the same in both: "groundplan" of ${folder}/package.json (or groundplan.json), and ArtifactFunction`,
  );
}
