import type { ArtifactKind } from "../kind";
import { aliasedVersions, deleteVersion, functionVersions } from "./function-versions";
import { runningOf } from "./running";

/** Artifacts that Lambda functions run. */
export const LAMBDA: ArtifactKind = {
  running: runningOf,
  versions: functionVersions,
  aliasedVersions,
  deleteVersion,
};
