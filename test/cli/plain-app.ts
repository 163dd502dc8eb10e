import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";
import { groundplan, type Run } from "./groundplan";

/** Writes what `stacks.json` says, as every CDKTF app does, with no library: a run takes a tenth of a second. */
const APP = `import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const out = process.env.CDKTF_OUTDIR ?? "cdktf.out";
const hcl = process.env.SYNTH_HCL_OUTPUT === "true";
const stacks = {};
for (const [name, { dependencies = [], json }] of Object.entries(JSON.parse(readFileSync("stacks.json", "utf8")))) {
  const file = \`stacks/\${name}/cdk.tf\${hcl ? "" : ".json"}\`;
  mkdirSync(\`\${out}/stacks/\${name}\`, { recursive: true });
  writeFileSync(\`\${out}/\${file}\`, hcl ? 'resource "terraform_data" "a" {\\n  input = "x"\\n}\\n' : JSON.stringify(json, null, 2));
  stacks[name] = { name, constructPath: name, workingDirectory: \`stacks/\${name}\`, synthesizedStackPath: file, annotations: [], dependencies };
}
writeFileSync(out + "/manifest.json", JSON.stringify({ version: "0.21.0", stacks }));
`;

/** A stack of a {@link PlainApp}. */
export interface PlainStack {
  readonly dependencies?: readonly string[];

  /** Its Terraform JSON. */
  readonly json: object;
}

/** One resource of Terraform itself: no provider is needed. */
export const DATA = { resource: { terraform_data: { a: { input: "x" } } } } as const;

/** A CDKTF project in a folder of its own, of any language: its app is a script that needs nothing. */
export class PlainApp {
  readonly path = temporaryFolder("plain");

  /** @param config - of its `cdktf.json`, beside the app. */
  constructor(stacks: Readonly<Record<string, PlainStack>>, config: object = {}) {
    this.write("app.mjs", APP);
    this.write("cdktf.json", JSON.stringify({ language: "python", app: "node app.mjs", ...config }));
    this.synthesizes(stacks);
  }

  synthesizes(stacks: Readonly<Record<string, PlainStack>>): void {
    this.write("stacks.json", JSON.stringify(stacks));
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.path, name), content);
  }

  /** Runs the real command. */
  groundplan(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    return groundplan(args, { cwd: this.path, env });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
