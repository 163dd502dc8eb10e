import { rmSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import { installProviderLock } from "./lock";

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
    rmSync(join(app.manifest.outdir, stack.workingDirectory, leftover), { force: true });
  }
  installProviderLock(app, props.lockFile);
}
