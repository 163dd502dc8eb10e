import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import { SynthError } from "./errors";

/** Name that Terraform gives to the file that holds the exact provider versions and their checksums. */
export const LOCK_FILE = ".terraform.lock.hcl";

/**
 * Gives every synthesized stack the committed provider lock, cut to the providers that it requires.
 *
 * So the first `init` of a stack installs the exact versions of the repository, on every platform,
 * and neither `cdktf diff` nor `cdktf deploy` asks a registry for checksums. Call it after `app.synth()`.
 *
 * @param lockFile - path of the committed lock; `groundplan lock` renews it. Nothing happens while it is missing.
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export function installProviderLock(app: App, lockFile: string): void {
  if (!existsSync(lockFile)) return;
  const lock = readFileSync(lockFile, "utf8");
  for (const stack of Object.values(app.manifest.stacks)) {
    const folder = join(app.manifest.outdir, stack.workingDirectory);
    const synthesized = join(app.manifest.outdir, stack.synthesizedStackPath);
    // HCL is not read back: there every entry stays, and init drops what the stack does not use.
    const sources = synthesized.endsWith(".json")
      ? requiredProviders(readFileSync(synthesized, "utf8"), synthesized)
      : undefined;
    const target = join(folder, LOCK_FILE);
    const temporary = `${target}.${process.pid}`;
    writeFileSync(temporary, sources ? cutLock(lock, sources) : lock);
    renameSync(temporary, target);
  }
}

/** Addresses of the providers that a stack's JSON requires, e.g. `registry.terraform.io/hashicorp/aws`. */
export function requiredProviders(stackJson: string, file = "a stack"): ReadonlySet<string> {
  const stack = parsed(stackJson, file);
  const sources = Object.entries(stack.terraform?.required_providers ?? {}).map(
    ([name, provider]) => provider.source ?? `hashicorp/${name}`,
  );
  return new Set(sources.map(providerAddress));
}

interface RequiringStack {
  readonly terraform?: {
    readonly required_providers?: Readonly<Record<string, { readonly source?: string }>>;
  };
}

/** @throws SynthError for what is no JSON: this app has just written it, so somebody else writes it again. */
function parsed(stackJson: string, file: string): RequiringStack {
  try {
    return JSON.parse(stackJson) as RequiringStack;
  } catch {
    const what = "a stack that was just synthesized is not whole: another synth writes it at the same time";
    throw new SynthError(file, [{ what, instead: "wait until it ends, and synthesize again" }]);
  }
}

/** A provider's full address: host, namespace and name, in lower case; Terraform lets the first two be left out. */
function providerAddress(source: string): string {
  const parts = source.toLowerCase().split("/");
  return ["registry.terraform.io", "hashicorp"]
    .slice(0, 3 - parts.length)
    .concat(parts)
    .join("/");
}

/** The lock without the blocks of providers that are not wanted. */
export function cutLock(lock: string, wanted: ReadonlySet<string>): string {
  return lock.replace(/^provider "([^"]+)" \{\n(?:.*\n)*?\}\n\n?/gm, (block, address: string) =>
    wanted.has(address) ? block : "",
  );
}
