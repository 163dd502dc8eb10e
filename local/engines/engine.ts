import type { LocalSettings } from "../options";

/** The emulators behind the gateway. */
export type EngineName = "moto" | "ministack";

/** What is true of one emulator, whatever service it is asked for. */
export interface Engine {
  readonly name: EngineName;

  /** Path of its own API that answers when it is ready. */
  readonly healthPath: string;

  /** Path of its own API that empties it. */
  readonly resetPath: string;

  /** What it is started with, beside what every emulator gets. */
  environment(settings: LocalSettings, gatewayPort: number): Readonly<Record<string, string>>;
}
