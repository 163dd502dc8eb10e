import type { LocalSettings } from "../options";

/** The emulators behind the gateway. */
export type EngineName = "moto" | "ministack";

/** What is done with the state of an emulator that runs. It is loaded after it was emptied, and its files replaced. */
export type StateAction = "save" | "empty" | "load";

/** What is true of one emulator, whatever service it is asked for. */
export interface Engine {
  readonly name: EngineName;

  /** Path of its own API that answers when it is ready. */
  readonly healthPath: string;

  /** Path of its own API that empties it. */
  readonly resetPath: string;

  /** Paths of its own API that write what it holds to its files, empty it, and fill it from them. */
  readonly statePaths: Readonly<Record<StateAction, string>>;

  /** What it is started with, beside what every emulator gets. */
  environment(settings: LocalSettings, gatewayPort: number): Readonly<Record<string, string>>;
}
