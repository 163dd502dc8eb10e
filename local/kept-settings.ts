import { join } from "node:path";
import { writeWhole } from "./files/private";
import { readSmallFile } from "./files/read-file";
import { isSealed } from "./files/seal";
import { type LocalOptions, type LocalSettings, settingsOf } from "./options";

/** What an emulator was given when it was started, and the next one gets too, unless it is given something else. */
export type KeptSettings = Pick<LocalOptions, "port" | "account" | "region" | "instances">;

/** The settings of a start: what is given, else what is kept, else the defaults. */
export function settingsWithKept(options: LocalOptions): LocalSettings {
  const { stateDirectory } = settingsOf(options);
  return settingsOf({ ...keptSettings(stateDirectory), ...options });
}

/** What is kept in a state folder that this machine has made. Of another, and of a damaged file, nothing is believed. */
export function keptSettings(stateDirectory: string): KeptSettings {
  try {
    if (!isSealed(stateDirectory)) return {};
    const kept = givenOf(JSON.parse(readSmallFile(pathIn(stateDirectory))) as KeptSettings);
    settingsOf(kept);
    return kept;
  } catch {
    return {};
  }
}

/** Keeps what an emulator was given, and of what was kept before the rest. */
export function keepSettings(stateDirectory: string, options: KeptSettings): void {
  const { port, ...place } = options;
  // Port 0 is any that is free: there is none to keep.
  const given = givenOf(port === 0 || port === undefined ? place : options);
  if (Object.keys(given).length === 0) return;
  writeWhole(pathIn(stateDirectory), JSON.stringify({ ...keptSettings(stateDirectory), ...given }));
}

function givenOf({ port, account, region, instances }: KeptSettings): KeptSettings {
  return {
    ...(port === undefined ? {} : { port }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(instances === undefined ? {} : { instances }),
  };
}

function pathIn(stateDirectory: string): string {
  return join(stateDirectory, "settings.json");
}
