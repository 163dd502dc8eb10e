import { existsSync, rmSync } from "node:fs";
import type { StateAction } from "../engines/engine";
import type { Emulator } from "../engines/start";
import { jsonResponse, type WholeResponse } from "../gateway/exchange";
import type { Gate } from "../gateway/gate";
import type { LocalSettings } from "../options";
import { beginLoad, endLoad } from "../snapshots/journal";
import { copyKept, replaceKept } from "../snapshots/kept";
import { contentIn } from "../snapshots/manifest";
import type { Served } from "./served";

/** Properties of {@link StateRequests}. */
export interface StateRequestsProps {
  readonly settings: LocalSettings;
  readonly gate: Gate;
  readonly emulators: () => readonly Emulator[];
  readonly served: () => Served;

  /** Makes the services anew, from their files, and starts them. */
  readonly serveAnew: () => void;

  /** Ends the emulator, whose state is between two: the next start finishes the load. */
  readonly giveUp: () => void;
}

/** Saves and replaces the state of an emulator that runs. Calls of AWS wait meanwhile. */
export class StateRequests {
  constructor(private readonly props: StateRequestsProps) {}

  async answer(action: string, body: Buffer): Promise<WholeResponse> {
    const { settings, gate } = this.props;
    const obstacle = this.obstacle();
    if (obstacle !== undefined) return jsonResponse(409, { message: obstacle });
    try {
      const content = (JSON.parse(body.toString() || "{}") as { content?: unknown }).content;
      const folder = contentIn(settings.stateDirectory, content);
      if (action === "save") return jsonResponse(200, { bytes: await gate.alone(() => this.save(folder)) });
      if (action !== "load") return jsonResponse(404, { message: `no ${action} of a state` });
      await gate.alone(() => this.load(String(content), folder));
      return jsonResponse(200, {});
    } catch (error) {
      return jsonResponse(500, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Empties all. A snapshot that is saved or loaded meanwhile is waited for: it would be neither. */
  async reset(): Promise<void> {
    const leave = await this.props.gate.enter();
    try {
      this.props.served().reset();
      await Promise.all(this.props.emulators().map((emulator) => emulator.reset()));
    } finally {
      leave();
    }
  }

  private async save(folder: string): Promise<number> {
    const { settings, served } = this.props;
    try {
      await this.ofEmulators("save");
      const bytes = copyKept(settings.stateDirectory, folder);
      await served().copyTo(folder);
      return bytes;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private async load(content: string, folder: string): Promise<void> {
    const { stateDirectory } = this.props.settings;
    // Deleted since it was asked for: whoever asked may be gone, and no longer holds the folder.
    if (!existsSync(folder)) throw new Error("the snapshot is not there any more");
    beginLoad(stateDirectory, content);
    try {
      await this.props.served().stop();
      await this.ofEmulators("empty");
      await replaceKept(stateDirectory, folder);
      await this.ofEmulators("load");
      this.props.serveAnew();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.props.giveUp();
      throw new Error(
        `the snapshot is not loaded yet: ${reason}\n  the emulator has ended; start it, which finishes the load: groundplan local up`,
      );
    }
    endLoad(stateDirectory);
  }

  private async ofEmulators(action: StateAction): Promise<void> {
    await Promise.all(this.props.emulators().map((emulator) => emulator.handleState(action)));
  }

  /** Why this emulator's state is neither saved nor replaced. */
  private obstacle(): string | undefined {
    const { persist, instances } = this.props.settings;
    if (!persist) return "this emulator was started to keep nothing\n  start it without `persist: false`";
    if (instances === "boot")
      return "a snapshot does not hold the disks of instances that boot\n  start it with entries: groundplan local down, then groundplan local up --instances entries";
    return undefined;
  }
}
