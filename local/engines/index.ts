import type { Engine, EngineName } from "./engine";
import { ministack } from "./ministack";
import { moto } from "./moto";

/** The emulators behind the gateway; `emulator.py` runs each. */
export const ENGINES: Readonly<Record<EngineName, Engine>> = { moto, ministack };
