import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import { installProviderLock } from "./lock";
import { TERRAFORM_VERSIONS } from "./provider";

/** Properties of {@link synthesize}. */
export interface SynthesizeProps {
  /** Path of the committed provider lock, e.g. `.terraform.lock.hcl`. */
  readonly lockFile: string;
}

/**
 * Synthesizes the app into folders that Terraform takes as they are.
 *
 * Beside CDKTF's own output: the provider lock of each stack, and no leftover of the other format
 * (after `cdktf synth --hcl` the `cdk.tf.json` of an earlier synth would declare everything twice).
 */
export function synthesize(app: App, props: SynthesizeProps): void {
  app.synth();
  const leftover = app.hclOutput ? "cdk.tf.json" : "cdk.tf";
  for (const stack of Object.values(app.manifest.stacks)) {
    const folder = join(app.manifest.outdir, stack.workingDirectory);
    rmSync(join(folder, leftover), { force: true });
    if (app.hclOutput) writeFileSync(join(folder, VERSIONS_FILE), VERSIONS);
    else rmSync(join(folder, VERSIONS_FILE), { force: true });
  }
  installProviderLock(app, props.lockFile);
}

/** The file of HCL output that says which Terraform reads it. */
const VERSIONS_FILE = "versions.tf";

const VERSIONS = `terraform {
  required_version = ${JSON.stringify(TERRAFORM_VERSIONS)}
}
`;
