import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { privateFolder, writeWhole } from "../files/private";
import { readSmallFile } from "../files/read-file";
import { clusterDirectory } from "./options";

/** What the EKS API tells of the local cluster. */
export interface ClusterDescription {
  /** URL of the Kubernetes API, e.g. `https://127.0.0.1:6443`. */
  readonly endpoint: string;

  /** The authority's certificate: PEM in base64, as `certificateAuthority.data` of EKS. */
  readonly certificateAuthorityData: string;

  /** Version that the API server tells, e.g. `1.34.4`. */
  readonly version: string;
}

/**
 * The cluster that `groundplan local cluster up` left running, or undefined.
 *
 * @param stateDirectory - the emulator's folder.
 */
export function clusterDescription(stateDirectory?: string): ClusterDescription | undefined {
  try {
    const { endpoint, certificateAuthorityData, version } = JSON.parse(readSmallFile(pathIn(stateDirectory)));
    const texts = [endpoint, certificateAuthorityData, version];
    if (texts.some((text) => typeof text !== "string")) return undefined;
    return { endpoint, certificateAuthorityData, version };
  } catch {
    return undefined;
  }
}

export function writeDescription(stateDirectory: string, description: ClusterDescription): void {
  const path = pathIn(stateDirectory);
  privateFolder(dirname(path));
  writeWhole(path, JSON.stringify(description));
}

export function removeDescription(stateDirectory: string): void {
  rmSync(pathIn(stateDirectory), { force: true });
}

function pathIn(stateDirectory: string | undefined): string {
  return join(clusterDirectory(stateDirectory), "description.json");
}
