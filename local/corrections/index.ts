import type { Correction } from "../gateway/service";

/** What the emulators answer differently from AWS, mended. */
export const corrections: readonly Correction[] = [];
