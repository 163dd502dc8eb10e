import { type AloneOptions, alone } from "../process/claim";
import { privateTree } from "./private";
import { sealFolder } from "./seal";

/** Makes the state folder, its owner's alone and sealed by this machine, before anything is read of it. */
export async function ownFolder(stateDirectory: string, options: AloneOptions): Promise<void> {
  privateTree(stateDirectory);
  await alone(stateDirectory, options, async () => sealFolder(stateDirectory));
}
