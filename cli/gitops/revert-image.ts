import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { RemoteBranch } from "../git/remote-branch";
import { changeBranch } from "./change-branch";
import { type HoldNote, withHold, writeHolds } from "./holds";
import { type ImageEntry, isSameImage, writeImage } from "./image-entry";
import { broughtBy, imageBefore } from "./image-history";
import { checkedTarget, entryIn, type ImageState, type ImageTarget, readState } from "./image-target";
import { imageText, shortImage } from "./message";

/** Properties of {@link revertImage}. */
export interface RevertImageProps extends ImageTarget {
  /** A commit whose image comes back. @default - the image before the one that is set, see {@link imageBefore} */
  readonly to?: string;

  /** What the commit says. */
  readonly message: (reverted: Omit<ImageReverted, "changed" | "commit" | "head" | "attempts">) => string;

  /**
   * Holds the image at what comes back, and refuses what is taken away: a second run finds that, and does nothing.
   *
   * @default - nothing is held
   */
  readonly hold?: HoldNote;

  /**
   * What to do when nobody knows whether the commit has arrived.
   *
   * @default - with `hold` or `to` the same again; else that again with `to`, for without it a second revert goes further back
   */
  readonly again?: string;

  /** Whether an image that is held may be changed, which somebody has approved. @default false */
  readonly approve?: boolean;
}

/** What came of it. */
export interface ImageReverted {
  /** Whether this run has committed; `false` when it was so already. */
  readonly changed: boolean;

  /** The commit that brought the image back, of this run or an earlier one. */
  readonly commit: string;
  readonly head: string;
  readonly attempts: number;

  /** What is taken away; undefined when an earlier run did it. */
  readonly from: ImageEntry | undefined;

  /** What comes back. */
  readonly entry: ImageEntry;

  /** The commit that brought it the first time; undefined when an earlier run did it. */
  readonly revertsTo: string | undefined;
}

/**
 * Takes the image of an environment back in Git, by a commit on what the branch is at that moment. Of what others have
 * written nothing is taken back.
 *
 * @throws CliError when nothing ran before, or the image is held.
 */
export async function revertImage(props: RevertImageProps): Promise<ImageReverted> {
  const target = checkedTarget(props);
  const { result, commit, head, attempts } = await changeBranch<Found>(target, async (branch, head) => {
    const state = await readState(branch, head, target);
    const { file, text, entry: from, holds, holdsFile } = state;
    const { image, hold } = props;
    if (hold !== undefined && props.to === undefined && isHeldAt(state, image, from)) {
      const holder = await broughtBy(branch, head, { file, image });
      return { nothing: { entry: from, from: undefined, revertsTo: undefined, holder } };
    }
    assertNotHeld(state, props);
    const { entry, commit: revertsTo } = await wanted(branch, head, state, props);
    if (hold !== undefined && props.to === undefined && entry.digest === undefined) {
      throw onlyATag(entry, revertsTo, props);
    }
    if (isSameImage(entry, from)) {
      // The same rollback again.
      if (hold !== undefined && !isHeldAt(state, image, from)) throw sameImage(from, props);
      // Not the commit that it goes back to: that would be reached by what ran yesterday.
      const holder = await broughtBy(branch, head, { file, image });
      return { nothing: { entry, from: undefined, revertsTo: undefined, holder } };
    }
    const found = { entry, from, revertsTo };
    const isRepeatable = hold !== undefined || props.to !== undefined;
    const again = props.again ?? (isRepeatable ? undefined : furtherBack(`--to ${revertsTo.slice(0, 12)}`));
    return {
      ...(again === undefined ? {} : { again }),
      files: {
        [file]: writeImage(text, { file, image }, entry),
        ...(hold
          ? {
              [holdsFile]: writeHolds(
                withHold(holds, image, { at: imageText(entry), bad: from.digest, note: hold }),
              ),
            }
          : {}),
      },
      message: props.message(found),
      result: { ...found, holder: undefined },
    };
  });
  const { holder, ...found } = result;
  return { ...found, changed: commit !== undefined, commit: commit ?? holder ?? head, head, attempts };
}

interface Found {
  readonly entry: ImageEntry;
  readonly from: ImageEntry | undefined;
  readonly revertsTo: string | undefined;
  readonly holder: string | undefined;
}

/** Whether an earlier run has rolled back to what is set, and nobody has set anything since. */
function isHeldAt({ holds }: ImageState, image: string, entry: ImageEntry): boolean {
  return holds[image]?.held?.image === imageText(entry);
}

function assertNotHeld({ holds, holdsFile }: ImageState, { image, hold, approve }: RevertImageProps): void {
  const held = holds[image]?.held;
  // A rollback to a named commit goes on from the one before.
  if (!held || hold || approve) return;
  throw new CliError(
    EXIT.HELD,
    `image ${image} is held since a rollback: ${held.reason}`,
    `since ${held.since}, by ${held.by}, in ${holdsFile}`,
    "revert it nevertheless with --approve, or roll back further: groundplan gitops rollback … --to <commit>",
  );
}

/** The image that comes back, and the commit that brought it. */
async function wanted(
  branch: RemoteBranch,
  head: string,
  { file, entry: from, holds }: ImageState,
  { image, to }: RevertImageProps,
): Promise<{ readonly entry: ImageEntry; readonly commit: string }> {
  const at = { file, image };
  if (to !== undefined) {
    await branch.deepen();
    const commit = await branch.commitNamed(to);
    const entry = commit === undefined ? undefined : await entryIn(branch, commit, at);
    if (commit !== undefined && entry !== undefined && entry !== "damaged") {
      return { entry, commit: await broughtBy(branch, commit, at) };
    }
    throw new CliError(
      EXIT.USAGE,
      commit === undefined
        ? `branch ${branch.branch} has no commit ${JSON.stringify(to)}`
        : entry === "damaged"
          ? `${file} of commit ${to} is no YAML`
          : `commit ${to} has no image ${image} in ${file}`,
      `at ${branch.address}`,
      `choose one: git log --oneline ${branch.branch} -- ${file}`,
    );
  }
  const refused = new Set(holds[image]?.refused.map(({ digest }) => digest));
  const before = await imageBefore(
    branch,
    head,
    at,
    ({ digest }) => digest !== undefined && refused.has(digest),
  );
  if (before) return before;
  throw new CliError(
    EXIT.FAILED,
    `nothing ran before ${shortImage(from)}: the history of ${file} has no other image ${image}`,
    `at ${branch.address}, branch ${branch.branch}`,
    "name a commit with --to, or set another: groundplan gitops set-image <environment> <service> <digest>",
  );
}

/** What to do when a revert may have arrived. @param to - the option by which the same image is named. */
export function furtherBack(to: string): string {
  return `run it again with ${to}: without that it goes further back, where the commit has arrived all the same`;
}

/** What a new repository begins with is a tag that was never pushed: a hold at it would keep every pod from starting. */
function onlyATag(entry: ImageEntry, commit: string, { image }: RevertImageProps): CliError {
  return new CliError(
    EXIT.FAILED,
    `what was set before is the tag ${imageText(entry)} of ${image}, and nothing says that it ever ran`,
    `by commit ${commit}; nothing was written`,
    `if it ran, name it: --to ${commit.slice(0, 12)}`,
    "else set an image that works: groundplan gitops set-image <environment> <service> <digest>",
  );
}

function sameImage(entry: ImageEntry, { image, to }: RevertImageProps): CliError {
  return new CliError(
    EXIT.USAGE,
    `image ${image} is ${imageText(entry)} already, which commit ${to} has`,
    "name an earlier one with --to",
  );
}
