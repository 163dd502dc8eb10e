import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../console/errors";
import { readInputFile } from "../input/file";
import { interrupted } from "../process/interrupts";
import { notedProcess } from "../process/note";
import { writeWholeFile } from "../process/whole-file";
import type { Stack } from "../project/project";

/** Name of the local state: not Terraform's default, which `init` would offer to move by itself. */
export const LOCAL_STATE = "local.tfstate";

/** Largest file that is read, in bytes: 200 MB. */
const LARGEST = 200_000_000;

/** What Terraform's state says of itself. */
export interface StateFile {
  /** Addresses of the resources in it. */
  readonly addresses: readonly string[];

  /** Those that Terraform would destroy and make anew, since it was interrupted while it made them. */
  readonly tainted: readonly string[];

  /** Everything that it says of them, in Terraform's order. */
  readonly content: string;
}

/**
 * The folder in which a state stack is deployed before it has a backend. It outlives an interruption:
 * the local state in it is the record of what was made.
 */
export class BootstrapFolder {
  readonly localState: string;

  /** What Terraform printed last. */
  readonly log: string;

  /** File in which the Terraform notes itself that works here, for a later run to wait for should this one be killed. */
  readonly note: string;
  private readonly override: string;
  private readonly imports: string;

  constructor(readonly path: string) {
    this.localState = join(path, LOCAL_STATE);
    this.override = join(path, "backend_override.tf.json");
    this.imports = join(path, "imports.tf.json");
    this.log = join(path, "terraform.log");
    this.note = join(path, "terraform.pid");
  }

  /** Takes the stack as it is synthesized now, and its provider lock. */
  prepare(stack: Stack): void {
    mkdirSync(this.path, { recursive: true });
    for (const name of ["cdk.tf.json", ".terraform.lock.hcl"]) {
      const source = join(stack.folder, name);
      if (!existsSync(source)) continue;
      const limits = { bytes: LARGEST, within: stack.folder };
      writeFileSync(
        join(this.path, name),
        readInputFile(source, limits, "synthesize again: npx cdktf synth"),
      );
    }
  }

  /**
   * Waits until the Terraform of a run that was killed has come to its end: it saves what it made.
   *
   * @param waiting - told of its process id while it runs.
   */
  async untilFree(waiting: (pid: number) => void): Promise<void> {
    for (let pid = notedProcess(this.note); pid !== undefined; pid = notedProcess(this.note)) {
      if (interrupted.aborted) throw new Interrupted();
      waiting(pid);
      await sleep(100);
    }
    rmSync(this.note, { recursive: true, force: true });
  }

  /** Lets Terraform keep the state where the stack says (`remote`), or in another backend. */
  useBackend(backend: "remote" | Readonly<Record<string, unknown>>): void {
    if (backend === "remote") rmSync(this.override, { force: true });
    else this.write(this.override, { terraform: { backend } });
  }

  /** Has Terraform take over what exists. */
  importExisting(imports: readonly { readonly to: string; readonly id: string }[]): void {
    if (imports.length > 0) this.write(this.imports, { import: imports });
    else rmSync(this.imports, { force: true });
  }

  /**
   * The local state; undefined when there is none, or nothing in it.
   *
   * One that a power cut has cut short is set aside: what it held is found in AWS and imported.
   */
  readLocalState(): StateFile | undefined {
    if (!existsSync(this.localState)) return undefined;
    try {
      const state = parseState(this.read(this.localState));
      return state && state.addresses.length > 0 ? state : undefined;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      renameSync(this.localState, `${this.localState}.broken`);
      return undefined;
    }
  }

  /** Keeps what a Terraform that failed has printed, without the secrets. */
  keepLog(text: string): void {
    writeWholeFile(this.log, text);
  }

  /** Removes the folder, once the state is known to be in the bucket. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private read(file: string): string {
    return readInputFile(file, { bytes: LARGEST, within: this.path }, "move it away").toString();
  }

  private write(file: string, content: unknown): void {
    writeWholeFile(file, JSON.stringify(content, null, 2));
  }
}

/** Reads Terraform's state; undefined for an empty text or another format. */
export function parseState(text: string): StateFile | undefined {
  if (text.trim() === "") return undefined;
  const state = JSON.parse(text) as {
    version?: number;
    outputs?: unknown;
    resources?: readonly StateResource[];
  };
  if (state.version === undefined) return undefined;
  const managed = (state.resources ?? []).filter((resource) => resource.mode !== "data");
  // A resource that was being made when Terraform was killed is there without an instance.
  const made = managed.filter(({ instances }) => instances.length > 0);
  const tainted = made.filter(({ instances }) => instances.some(({ status }) => status === "tainted"));
  return {
    addresses: made.map(addressOf),
    tainted: tainted.map(addressOf),
    content: JSON.stringify([state.outputs, state.resources]),
  };
}

interface StateResource {
  readonly module?: string;
  readonly mode?: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly { readonly status?: string }[];
}

function addressOf({ module, type, name }: StateResource): string {
  return `${module === undefined ? "" : `${module}.`}${type}.${name}`;
}
