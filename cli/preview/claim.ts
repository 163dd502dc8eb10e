import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Metadata } from "./metadata";
import { BRANCH_PREFIX, branchNames, checkBranch, checkPreviewName, LONGEST_NAME } from "./name";
import type { SharedPreviews } from "./platform";
import type { PreviewStore } from "./store";

/** Whose a preview is to be: of a branch of a repository, or of a name that somebody has chosen. */
export interface Wanted {
  readonly name?: string;
  readonly branch?: string;

  /** `owner/name`. */
  readonly repository?: string;
}

/** Whether a preview is of what is wanted: nobody gets another's by a name that is alike. */
export function isOf(
  metadata: Pick<Metadata, "branch" | "repository">,
  { branch, repository }: Wanted,
): boolean {
  return metadata.branch === branch && metadata.repository === repository;
}

/** The preview of a branch, or of a name; undefined when there is none. */
export async function findWanted(store: PreviewStore, wanted: Wanted): Promise<Metadata | undefined> {
  for (const name of namesOf(wanted)) {
    const metadata = await store.find(name);
    if (!metadata || metadata.status === "gone") continue;
    if (wanted.branch === undefined || isOf(metadata, wanted)) return metadata;
  }
  return undefined;
}

/** Removes what is known of a preview that is gone: the run that ended it may have been killed before its last write. */
export async function forgetGone(store: PreviewStore, wanted: Wanted): Promise<void> {
  for (const name of namesOf(wanted)) {
    const stored = await store.stored(name);
    if (stored === undefined || "damaged" in stored || stored.metadata.status !== "gone") continue;
    if (wanted.branch === undefined || isOf(stored.metadata, wanted)) await store.remove(name, stored);
  }
}

/**
 * The name under which a preview is made: the one that it has already, or else the first that no other has.
 *
 * @param reserved - names that are the platform's own: of its environments, whose states lie beside those of previews, and of
 * what its stacks make. A branch of such a name gets the one with a hash.
 * @throws CliError when the name is another's.
 */
export async function nameFor(
  store: PreviewStore,
  wanted: Wanted,
  reserved: ReadonlySet<string>,
): Promise<string> {
  const there = await findWanted(store, wanted);
  if (there && isOf(there, wanted)) return there.name;
  if (there) throw taken(there);
  refuseBranchName(wanted);
  for (const name of namesOf(wanted)) {
    if (reserved.has(name)) {
      if (wanted.branch !== undefined) continue;
      throw new CliError(
        EXIT.USAGE,
        `${name} is a name of the platform itself: what the preview makes would have the names of its environments or services`,
        `choose another, e.g. --name ${`my-${name}`.slice(0, LONGEST_NAME)}`,
      );
    }
    const metadata = await store.find(name);
    if (!metadata || metadata.status === "gone") return name;
  }
  throw new CliError(
    EXIT.HELD,
    `every name of the branch ${wanted.branch} is another's`,
    "choose one: --name",
  );
}

/** @throws CliError when a preview is not of what is wanted: seen when its metadata is written. */
export function checkOf(metadata: Metadata, wanted: Wanted): void {
  if (!isOf(metadata, wanted)) throw taken(metadata);
}

function taken({ name, branch, repository, owner }: Metadata): CliError {
  const whose =
    branch === undefined
      ? `of ${owner}`
      : `of branch ${branch}${repository === undefined ? "" : ` of ${repository}`}`;
  return new CliError(
    EXIT.HELD,
    `preview ${name} is there, and ${whose}`,
    "choose another name, or destroy it first",
  );
}

function namesOf({ name, branch, repository }: Wanted): readonly string[] {
  if (name !== undefined) return [checkPreviewName(name)];
  if (branch !== undefined) return branchNames(checkBranch(branch), repository);
  throw new CliError(EXIT.USAGE, "which preview?", "name it with --name, or its branch with --branch");
}

/** @throws CliError for a new name that looks like that of a branch. */
function refuseBranchName({ name, branch }: Wanted): void {
  if (branch !== undefined || !name?.startsWith(BRANCH_PREFIX)) return;
  throw new CliError(
    EXIT.USAGE,
    `names that begin with ${BRANCH_PREFIX} are those of branches`,
    `choose another, or name the branch: --branch ${name.slice(BRANCH_PREFIX.length)}`,
  );
}

/**
 * Sees to it that there is room for one more.
 *
 * @param previews - those that are there, without the one that is made.
 * @throws CliError when a quota is used up.
 */
export function checkQuotas(
  previews: readonly Pick<Metadata, "name" | "owner">[],
  owner: string,
  { quotaTotal, quotaPerOwner }: Pick<SharedPreviews, "quotaTotal" | "quotaPerOwner">,
): void {
  const own = previews.filter((one) => one.owner === owner);
  if (own.length >= quotaPerOwner) {
    throw new CliError(
      EXIT.FAILED,
      `${owner} has ${own.length} previews, and ${quotaPerOwner} at most`,
      `destroy one of ${own
        .slice(0, 10)
        .map(({ name }) => name)
        .join(", ")}`,
    );
  }
  if (previews.length >= quotaTotal)
    throw new CliError(
      EXIT.FAILED,
      `there are ${previews.length} previews, and ${quotaTotal} at most`,
      "destroy one: npx groundplan preview list",
    );
}
