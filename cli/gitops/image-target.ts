import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { RemoteBranch } from "../git/remote-branch";
import type { ChangeProps } from "./change-branch";
import { HOLDS_FILE, type Holds, readHolds } from "./holds";
import { DamagedFile, type ImageEntry, readImage } from "./image-entry";

/** Where Git says which image runs. */
export interface ImageTarget extends ChangeProps {
  /** Folder of the environment's `kustomization.yaml` in the repository, e.g. `overlays/prod`. */
  readonly path: string;

  /** Name of the image there, which the manifests write. */
  readonly image: string;
}

/** What a commit says of an image. */
export interface ImageState {
  /** Path of the Kustomize file. */
  readonly file: string;

  /** Its text. */
  readonly text: string;
  readonly entry: ImageEntry;
  readonly holdsFile: string;
  readonly holds: Holds;
}

/** Names that Kustomize takes for its file, in its order. */
const FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** A target with a path that git takes. @throws CliError for one that leaves the repository. */
export function checkedTarget<T extends ImageTarget>(target: T): T {
  const path = target.path.replace(/^\.\//, "").replace(/\/+$/, "");
  const parts = path === "." ? [] : path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part === ".git")) {
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(target.path)} is no folder in a repository`,
      "use a path from its root, e.g. overlays/prod",
    );
  }
  return { ...target, path: parts.join("/") };
}

/** Reads what a commit says of an image. @throws CliError when it says nothing of it. */
export async function readState(
  branch: RemoteBranch,
  commit: string,
  target: ImageTarget,
): Promise<ImageState> {
  const { path, image } = target;
  const inPath = (name: string) => (path === "" ? name : `${path}/${name}`);
  for (const name of FILES) {
    const file = inPath(name);
    const text = await branch.read(commit, file);
    if (text === undefined) continue;
    const holdsFile = inPath(HOLDS_FILE);
    const holds = readHolds(await branch.read(commit, holdsFile), holdsFile);
    return { file, text, entry: readImage(text, { file, image }), holdsFile, holds };
  }
  throw new CliError(
    EXIT.USAGE,
    `there is no ${FILES[0]} in ${path === "" ? "the root" : path} of branch ${target.branch}`,
    `at ${branch.address}`,
    "name the environment's folder with --path",
  );
}

/** As {@link readState}; undefined where a commit of the history says nothing of the image. */
export async function entryIn(
  branch: RemoteBranch,
  commit: string,
  { file, image }: { readonly file: string; readonly image: string },
): Promise<ImageEntry | "damaged" | undefined> {
  const text = await branch.read(commit, file);
  if (text === undefined) return undefined;
  try {
    return readImage(text, { file, image });
  } catch (error) {
    if (error instanceof DamagedFile) return "damaged";
    if (error instanceof CliError) return undefined;
    throw error;
  }
}
