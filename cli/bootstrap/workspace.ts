import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../project/project";

/** What Terraform's state says of itself. */
export interface StateFile {
  readonly lineage: string;
  readonly serial: number;

  /** Addresses of the resources in it. */
  readonly addresses: readonly string[];
}

/**
 * The folder in which a state stack is deployed before it has a backend. It outlives an interruption:
 * the local state in it is the record of what was made.
 */
export class BootstrapFolder {
  readonly localState: string;
  private readonly backup: string;
  private readonly override: string;
  private readonly imports: string;

  constructor(readonly path: string) {
    this.localState = join(path, "terraform.tfstate");
    this.backup = join(path, "state-before-the-move.json");
    this.override = join(path, "backend_override.tf.json");
    this.imports = join(path, "imports.tf.json");
  }

  /** Takes the stack as it is synthesized now, and its provider lock. */
  prepare(stack: Stack): void {
    mkdirSync(this.path, { recursive: true });
    for (const name of ["cdk.tf.json", ".terraform.lock.hcl"]) {
      const source = join(stack.folder, name);
      if (existsSync(source)) copyFileSync(source, join(this.path, name));
    }
    rmSync(this.imports, { force: true });
  }

  /** Lets Terraform keep the state here (`local`), or where the stack says (`remote`). */
  useBackend(kind: "local" | "remote"): void {
    if (kind === "remote") rmSync(this.override, { force: true });
    else this.write(this.override, { terraform: { backend: { local: {} } } });
  }

  /** Has Terraform take over what exists. */
  importExisting(imports: readonly { readonly to: string; readonly id: string }[]): void {
    if (imports.length > 0) this.write(this.imports, { import: imports });
  }

  /** The local state; undefined when there is none, or nothing in it. */
  readLocalState(): StateFile | undefined {
    for (const file of [this.localState, this.backup]) {
      if (!existsSync(file)) continue;
      const state = parseState(readFileSync(file, "utf8"));
      if (state && state.addresses.length > 0) return state;
    }
    return undefined;
  }

  /** Keeps a copy of the local state, since Terraform empties the file when it moves it. */
  keepLocalState(): void {
    const state = existsSync(this.localState) ? parseState(readFileSync(this.localState, "utf8")) : undefined;
    if (state && state.addresses.length > 0) {
      copyFileSync(this.localState, `${this.backup}.new`);
      renameSync(`${this.backup}.new`, this.backup);
    } else if (existsSync(this.backup)) {
      copyFileSync(this.backup, this.localState);
    }
  }

  /** Removes the folder, once the state is known to be in the bucket. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private write(file: string, content: unknown): void {
    writeFileSync(`${file}.new`, JSON.stringify(content, null, 2));
    renameSync(`${file}.new`, file);
  }
}

/** Reads Terraform's state; undefined for an empty text or another format. */
export function parseState(text: string): StateFile | undefined {
  if (text.trim() === "") return undefined;
  const state = JSON.parse(text) as {
    lineage?: string;
    serial?: number;
    resources?: readonly { readonly mode?: string; readonly type: string; readonly name: string }[];
  };
  if (state.lineage === undefined || state.serial === undefined) return undefined;
  const managed = (state.resources ?? []).filter((resource) => resource.mode !== "data");
  const addresses = managed.map((resource) => `${resource.type}.${resource.name}`);
  return { lineage: state.lineage, serial: state.serial, addresses };
}
