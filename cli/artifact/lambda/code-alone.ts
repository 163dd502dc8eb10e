import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackJson } from "../../project/project";
import type { Target } from "../target";
import { ARTIFACT_VARIABLE, CODE, SWITCH } from "./code-changes";

/** What is asked of a target. */
type Addresses = Pick<Target, "functionAddress" | "aliasAddress" | "canaryAddresses">;

/** Arguments that Terraform itself reads: no attribute of a resource. */
const META: readonly string[] = [
  "//",
  "connection",
  "count",
  "depends_on",
  "dynamic",
  "for_each",
  "lifecycle",
  "provider",
  "provisioner",
];

/** What somebody may have changed of a function by hand while its configuration says nothing of it. */
const BY_HAND: readonly string[] = [
  "architectures",
  "dead_letter_config",
  "description",
  "ephemeral_storage",
  "file_system_config",
  "handler",
  "kms_key_arn",
  "layers",
  "logging_config",
  "memory_size",
  "reserved_concurrent_executions",
  "role",
  "runtime",
  "snap_start",
  "tags",
  "tags_all",
  "timeout",
  "tracing_config",
  "vpc_config",
];

type Arguments = Readonly<Record<string, unknown>>;
type Lifecycle = { readonly lifecycle: { readonly ignore_changes: "all" | readonly string[] } };

/**
 * Configuration by which Terraform leaves everything of a stack as it is, but for the code of its function: what is
 * merged and waits for its apply, and what somebody changed by hand, stays for a plan of the whole stack to show.
 *
 * @param variables - names of the variables that the function has now.
 * @see https://developer.hashicorp.com/terraform/language/files/override
 */
export function codeAlone(stack: StackJson, target: Addresses, variables: readonly string[]) {
  const of = (address: string, one: Arguments): "all" | readonly string[] => {
    if (address === target.functionAddress) return ofFunction(one, variables);
    if (address === target.aliasAddress) return attributesOf(one, (name) => !SWITCH.includes(name));
    if (!target.canaryAddresses.includes(address)) return "all";
    // Of an alarm of the newest version, what names that version goes with it.
    const version = `${target.functionAddress}.version`;
    return attributesOf(one, (name) => !JSON.stringify(one[name]).includes(version));
  };
  const entries = Object.entries(stack.resource ?? {}).map(([type, all]) => {
    const those = Object.entries(all).map(([id, one]): [string, Lifecycle] => [
      id,
      { lifecycle: { ignore_changes: withOwn(one, of(`${type}.${id}`, one)) } },
    ]);
    return [type, Object.fromEntries(those)] as const;
  });
  return { resource: Object.fromEntries(entries) };
}

/** As {@link codeAlone}, of the stack of a target. */
export function codeAloneOf(target: Target, variables: readonly string[]) {
  return codeAlone(target.stack.json, target, variables);
}

/** Configuration that says of the function's code that it has another hash, by which the provider sends it. */
export function codeNotedAs({ functionAddress }: Addresses, source_code_hash: string) {
  const [type = "", id = ""] = functionAddress.split(".");
  return { resource: { [type]: { [id]: { source_code_hash } } } };
}

/**
 * Makes a folder in which Terraform plans a stack with some of its arguments overridden: the stack's own files by links,
 * so that what a killed run leaves lies nowhere where somebody else plans.
 */
export function overriddenFolder(target: Target, overrides: readonly object[], folder: string): string {
  mkdirSync(folder);
  for (const name of readdirSync(target.stack.folder))
    symlinkSync(join(target.stack.folder, name), join(folder, name));
  // Overrides are read in the order of their names, and these are the last.
  for (const [at, one] of overrides.entries())
    writeFileSync(join(folder, `zz${at}_groundplan_override.tf.json`), JSON.stringify(one));
  return folder;
}

function ofFunction(one: Arguments, variables: readonly string[]): readonly string[] {
  const names = attributesOf(one, (name) => !CODE.includes(name) && name !== "environment");
  return [...new Set([...names, ...BY_HAND]), ...ofEnvironment(one.environment, variables)];
}

function ofEnvironment(environment: unknown, running: readonly string[]): readonly string[] {
  const [block] = Array.isArray(environment) ? environment : [environment];
  const configured = (block as { variables?: unknown } | undefined)?.variables;
  if (typeof configured !== "object" || configured === null) return ["environment"];
  return [...new Set([...Object.keys(configured), ...running])]
    .filter((name) => !ARTIFACT_VARIABLE.test(name))
    .map((name) => `environment[0].variables[${JSON.stringify(name)}]`);
}

function attributesOf(one: Arguments, isOther: (name: string) => boolean): readonly string[] {
  return Object.keys(one).filter((name) => !META.includes(name) && isOther(name));
}

/** An override takes the place of what the resource itself ignores, so that is in it. */
function withOwn({ lifecycle }: Arguments, ignored: "all" | readonly string[]): "all" | readonly string[] {
  const own = (lifecycle as { ignore_changes?: unknown } | undefined)?.ignore_changes;
  if (ignored === "all" || own === "all") return "all";
  return Array.isArray(own) ? [...new Set([...own.map(String), ...ignored])] : ignored;
}
