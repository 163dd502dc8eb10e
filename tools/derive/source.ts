import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";

/** What derived files are made from. */
export interface Source {
  /** Folder of the repository. */
  readonly root: string;
  readonly platform: Platform;

  /** In the order of promotion. */
  readonly environments: readonly Environment[];
}

/** Text of each derived file by its path in the repository; undefined for one that is to go. */
export type DerivedFiles = ReadonlyMap<string, string | undefined>;
