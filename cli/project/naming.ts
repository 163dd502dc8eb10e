import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { wildcard } from "../input/wildcard";
import type { StackName } from "./environment";
import { guess } from "./guess";

/** How a project says which part of a stack's name is its environment: `environment` of its settings. */
export type EnvironmentSetting =
  | "none"
  | { readonly pattern: string }
  | { readonly map: Readonly<Record<string, string>> };

/** The forms of the setting, for whoever has to write one. */
export const NAMING_FORMS =
  '"groundplan": {"environment": {"pattern": "^(?<environment>[^-]+)-(?<unit>.+)$"}}, {"map": {"shop-*-live": "prod"}} or "none"';

/** How the names of a project's stacks are read. */
export interface Naming {
  /** What says it: the project's settings, or the names themselves. */
  readonly by: "settings" | "names";

  /** Environment and unit of each stack, by its name. */
  readonly names: ReadonlyMap<string, StackName>;

  /** Names of stacks that may be of an environment, and that do not say which. */
  readonly unclear: readonly string[];
}

/**
 * Reads the names of a project's stacks.
 *
 * @param names - of all of them: what one name means is seen by the others.
 * @param setting - @default - what is clear by looking at the names, and no environment elsewhere
 * @throws CliError for a pattern that is none.
 */
export function namingOf(names: readonly string[], setting?: EnvironmentSetting): Naming {
  if (setting === undefined) return { by: "names", ...guess(names) };
  const read = readerOf(setting);
  return { by: "settings", names: new Map(names.map((name) => [name, read(name)])), unclear: [] };
}

function readerOf(setting: EnvironmentSetting): (name: string) => StackName {
  if (setting === "none") return (unit) => ({ unit });
  return "pattern" in setting ? byPattern(setting.pattern) : byMap(setting.map);
}

/** By the groups `environment` and `unit` of a pattern; a name that does not match has no environment. */
function byPattern(pattern: string): (name: string) => StackName {
  const wrong = (why: string) =>
    new CliError(
      EXIT.USAGE,
      `cdktf.json: "groundplan.environment.pattern" ${why}: ${pattern}`,
      'write e.g. "^(?<environment>[^-]+)-(?<unit>.+)$"',
    );
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, "u");
  } catch (error) {
    throw wrong(`is no regular expression (${error instanceof Error ? error.message : error})`);
  }
  if (!pattern.includes("(?<environment>")) throw wrong("has no group (?<environment>…)");
  return (name) => {
    const { environment, unit } = expression.exec(name)?.groups ?? {};
    return environment ? { environment, unit: unit || name } : { unit: name };
  };
}

/** By the first name of the map that means the stack, `*` for any text; what the `*` stand for is the unit. */
function byMap(map: Readonly<Record<string, string>>): (name: string) => StackName {
  const rows = Object.entries(map).map(([glob, environment]) => ({
    expression: new RegExp(`^${wildcard(glob, "(.*)")}$`),
    environment,
  }));
  return (name) => {
    for (const { expression, environment } of rows) {
      const found = expression.exec(name);
      if (!found) continue;
      const unit = found
        .slice(1)
        .map((part) => part.replaceAll(/^[-_.]+|[-_.]+$/g, ""))
        .filter(Boolean)
        .join("-");
      return { environment, unit: unit || name };
    }
    return { unit: name };
  };
}
