import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openLog } from "../daemon/log";
import { spawnPrivately, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { LocalError } from "../options";
import { end, isMark, isRunning, markOf, type ProcessMark } from "../process/process-file";

/** A program of the cluster that was started. */
export interface Component extends ProcessMark {
  readonly name: string;
}

/** How a program is started. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Milliseconds within which a program must end when it is asked to. */
const STOP_LIMIT = 10_000;

/** The programs of one cluster: started in the background, each with a log of its own, and remembered. */
export class Components {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was started, in that order; some may have ended. */
  list(): readonly Component[] {
    try {
      const found: unknown = JSON.parse(readSmallFile(this.#file));
      return Array.isArray(found) ? found.filter(isComponent) : [];
    } catch {
      return [];
    }
  }

  /**
   * Starts a program that outlives this process.
   *
   * @throws LocalError when it cannot be started.
   */
  async start({ name, file, args, environment }: Program): Promise<Component> {
    const log = openLog(this.#folder, `${name}.log`);
    const child = spawnPrivately(file, args, {
      cwd: this.#folder,
      detached: true,
      stdio: ["ignore", log, log],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) =>
        reject(new LocalError("failed", `${name} cannot be started: ${error.message}`)),
      );
    });
    child.unref();
    const mark = child.pid === undefined ? undefined : markOf(child.pid);
    if (!mark) throw new LocalError("failed", `${name} ended at once\n  see ${this.logOf(name)}`);
    const component = { name, ...mark };
    this.#write([...this.list(), component]);
    return component;
  }

  /** Ends them all, the last one first, and waits until they are gone. @returns how many still ran. */
  async end(): Promise<number> {
    const running = this.list().filter(isRunning).reverse();
    const [store, others] = [running.filter(isStore), running.filter((component) => !isStore(component))];
    await endAll(others);
    // What the API server writes last must find its store.
    await endAll(store);
    rmSync(this.#file, { force: true });
    return running.length;
  }

  logOf(name: string): string {
    return join(this.#folder, `${name}.log`);
  }

  get #file(): string {
    return join(this.#folder, "processes.json");
  }

  #write(components: readonly Component[]): void {
    writeWhole(this.#file, JSON.stringify(components));
  }
}

function isComponent(value: unknown): value is Component {
  return isMark(value) && typeof (value as Partial<Component>).name === "string";
}

function isStore({ name }: Component): boolean {
  return name === "etcd";
}

async function endAll(components: readonly Component[]): Promise<void> {
  for (const component of components) end(component, "SIGTERM");
  for (let waited = 0; components.some(isRunning); waited += 50) {
    if (waited > STOP_LIMIT) for (const component of components) end(component, "SIGKILL");
    await sleep(50);
  }
}
