import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { replaceKept, setKeptAside } from "./kept";
import { contentIn, isContent } from "./manifest";

/** File that is there while a snapshot is put in place: what the state folder holds meanwhile is neither. */
const FILE = "loading.json";

/** Says that a content is being put in place. */
export function beginLoad(stateDirectory: string, content: string): void {
  writeWhole(join(stateDirectory, FILE), JSON.stringify({ content }));
}

export function endLoad(stateDirectory: string): void {
  rmSync(join(stateDirectory, FILE), { force: true });
}

/** The content that was being put in place when it was interrupted; undefined when none was, empty when none can be read. */
export function loadingContent(stateDirectory: string): string | undefined {
  const file = join(stateDirectory, FILE);
  if (!existsSync(file)) return undefined;
  try {
    const { content } = JSON.parse(readSmallFile(file)) as { content?: unknown };
    return isContent(content) ? content : "";
  } catch {
    return "";
  }
}

/**
 * Does again what was interrupted; nothing runs meanwhile. Where the content is gone, what is half there is set aside.
 *
 * The caller holds the folder's claim.
 */
export async function finishLoad(stateDirectory: string): Promise<void> {
  const content = loadingContent(stateDirectory);
  if (content === undefined) return;
  const path = content === "" ? "" : contentIn(stateDirectory, content);
  if (existsSync(path)) await replaceKept(stateDirectory, path);
  else setKeptAside(stateDirectory);
  endLoad(stateDirectory);
}
