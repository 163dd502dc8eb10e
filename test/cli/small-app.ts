import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

/** A stack of a small app: what stands before it, and its Terraform JSON without a backend. */
export interface SmallStack {
  readonly after?: readonly string[];
  readonly json?: Readonly<Record<string, unknown>>;

  /** @default - a local one, beside `cdktf.json` */
  readonly backend?: Readonly<Record<string, unknown>>;
}

/** A synthesized CDKTF app on disk, whose resources need no provider and no cloud. */
export interface SmallApp {
  readonly folder: string;

  /** Writes the stacks anew, as a changed app would. */
  synthesize(stacks: Readonly<Record<string, SmallStack>>): void;

  /** File of a stack's state. */
  state(stack: string): string;
  remove(): void;
}

/** Writes what a CDKTF app of some stacks writes; its synth gives the same. */
export function smallApp(stacks: Readonly<Record<string, SmallStack>>): SmallApp {
  const folder = temporaryFolder("small");
  const source = join(folder, "app.out");
  const app = 'cp -R app.out/. "$CDKTF_OUTDIR"';
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ language: "typescript", app }));
  const state = (stack: string) => join(folder, `terraform.${stack}.tfstate`);
  const synthesize = (all: Readonly<Record<string, SmallStack>>) => {
    for (const output of [source, join(folder, "cdktf.out")]) {
      rmSync(join(output, "stacks"), { recursive: true, force: true });
      mkdirSync(output, { recursive: true });
      for (const [name, { json = {}, backend = { local: { path: state(name) } } }] of Object.entries(all)) {
        mkdirSync(join(output, "stacks", name), { recursive: true });
        writeFileSync(
          join(output, "stacks", name, "cdk.tf.json"),
          JSON.stringify({ terraform: { backend }, ...json }),
        );
      }
      const named = Object.entries(all).map(([name, { after = [] }]) => [
        name,
        {
          name,
          constructPath: name,
          dependencies: after,
          synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
          workingDirectory: `stacks/${name}`,
        },
      ]);
      writeFileSync(
        join(output, "manifest.json"),
        JSON.stringify({ version: "0.21.0", stacks: Object.fromEntries(named) }),
      );
    }
  };
  synthesize(stacks);
  return { folder, synthesize, state, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
