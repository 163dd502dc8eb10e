import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { changeBranch } from "./change-branch";
import { assertMaySet, withoutHold, writeHolds } from "./holds";
import { type ImageEntry, isSameImage, writeImage } from "./image-entry";
import { broughtBy } from "./image-history";
import { checkedTarget, type ImageTarget, readState } from "./image-target";

/** Properties of {@link setImage}. */
export interface SetImageProps extends ImageTarget {
  /** Repository of the image in its registry, without a tag. */
  readonly newName: string;

  /** `sha256:` and 64 hex digits. */
  readonly digest: string;

  /**
   * What the commit says; a function of what ran before, e.g. {@link imageMessage}.
   */
  readonly message: string | ((before: ImageEntry) => string);

  /**
   * Whether somebody has approved this image, after a rollback that holds the one before.
   *
   * @default false
   */
  readonly approve?: boolean;
}

/** What came of it. */
export interface ImageSet {
  /** Whether this run has committed; `false` when it was set already. */
  readonly changed: boolean;

  /** The commit that brought the image: of this run, or of an earlier one. */
  readonly commit: string;

  /** The newest commit of the branch that is known to have it. */
  readonly head: string;

  /** What ran before; the same image when it was set already. */
  readonly before: ImageEntry;

  /** Tries until it was in: more than one when others pushed meanwhile. */
  readonly attempts: number;
}

/**
 * Sets the image of an environment in Git: one commit, pushed, on what the branch is at that moment.
 *
 * @throws CliError when the file has no such image, the image is held, or the repository refuses or does not answer.
 */
export async function setImage(props: SetImageProps): Promise<ImageSet> {
  checkImage(props);
  const target = checkedTarget(props);
  const { newName, digest, image, message, approve = false } = props;
  const entry = { newName, digest };
  const { result, commit, head, attempts } = await changeBranch<Found>(target, async (branch, head) => {
    const { file, text, entry: before, holds, holdsFile } = await readState(branch, head, target);
    const released = approve ? withoutHold(holds, image) : holds;
    const isHeld = holds[image]?.held !== undefined;
    if (isSameImage(before, entry) && !(approve && isHeld)) {
      return { nothing: { before, holder: await broughtBy(branch, head, { file, image }) } };
    }
    assertMaySet(holds, { image, digest, approve, file: holdsFile });
    return {
      files: {
        [file]: writeImage(text, { file, image }, entry),
        ...(approve && isHeld ? { [holdsFile]: writeHolds(released) } : {}),
      },
      message: typeof message === "string" ? message : message(before),
      result: { before, holder: undefined },
    };
  });
  return {
    changed: commit !== undefined,
    commit: commit ?? result.holder ?? head,
    head,
    before: result.before,
    attempts,
  };
}

/** What ran before, and the commit that brought the image when it was set already. */
interface Found {
  readonly before: ImageEntry;
  readonly holder: string | undefined;
}

/** @throws CliError when a name or a digest is not of its form. */
function checkImage({ newName, digest, image }: SetImageProps): void {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(digest)} is no digest of an image`,
      "use sha256: and 64 hex digits, as the push of the image printed it; a tag may lead elsewhere tomorrow",
    );
  }
  if (!/^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*$/.test(newName)) {
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(newName)} is no repository of a registry`,
      "use e.g. 123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/app, without a tag",
    );
  }
  if (!/^[\w./:-]+$/.test(image)) {
    throw new CliError(EXIT.USAGE, `${JSON.stringify(image)} is no name of an image`, "use e.g. app");
  }
}
