import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { plain } from "../process/run";
import { localSource } from "../project/app";
import { runCdktf } from "../project/cdktf";
import { readConfig } from "../project/config";
import type { Project } from "../project/project";
import { cdktfScript } from "../project/synth";
import { contentOf } from "./content";

/** What `cdktf get` generates bindings from. */
interface Generated {
  readonly terraformProviders?: readonly unknown[];
  readonly terraformModules?: readonly unknown[];
  readonly codeMakerOutput?: string;
}

/**
 * Gives the base the bindings that `cdktf get` generates and that are not committed: the head's when both ask
 * for the same providers and modules, else freshly generated ones. A module of the repository itself is the
 * same when its folder is.
 *
 * @throws CliError when they cannot be generated.
 */
export async function generateBindings(base: Project, head: Project): Promise<void> {
  const [before, after] = [generatedBy(base), generatedBy(head)];
  const asked = [...(before.terraformProviders ?? []), ...(before.terraformModules ?? [])];
  const output = before.codeMakerOutput ?? ".gen";
  if (asked.length === 0 || existsSync(join(base.root, output))) return;
  const generated = join(head.root, after.codeMakerOutput ?? ".gen");
  if (existsSync(generated) && isDeepStrictEqual(relevant(base, before), relevant(head, after))) {
    cpSync(generated, join(base.root, output), { recursive: true });
    return;
  }
  const ended = await runCdktf(cdktfScript(base), ["get"], { cwd: base.root });
  if (ended.exitCode === 0) return;
  const said = plain(ended.all).trim().split("\n").slice(-5);
  throw new CliError(EXIT.FAILED, "the base's bindings cannot be generated: cdktf get", ...said);
}

function relevant({ root }: Project, { terraformProviders, terraformModules = [] }: Generated): unknown {
  const folders = terraformModules.flatMap((module) => localSource(module) ?? []);
  const contents = folders.map((source) => {
    const folder = join(root, source);
    return existsSync(folder) ? contentOf(folder, { root }) : undefined;
  });
  return { terraformProviders, terraformModules, contents };
}

function generatedBy({ root }: Project): Generated {
  const { terraformProviders, terraformModules, codeMakerOutput } = readConfig(root);
  return {
    ...(Array.isArray(terraformProviders) ? { terraformProviders } : {}),
    ...(Array.isArray(terraformModules) ? { terraformModules } : {}),
    ...(typeof codeMakerOutput === "string" ? { codeMakerOutput } : {}),
  };
}
