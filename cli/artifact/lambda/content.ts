import type { Files } from "./zip";

/** What is put into a zip beside what a service includes as it is. */
export interface Content {
  readonly files: Files;

  /** The files of it that are started as programs. */
  readonly programs: readonly string[];

  /** What whoever builds it should know. */
  readonly warnings: readonly string[];
}
