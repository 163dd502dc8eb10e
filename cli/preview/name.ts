import { createHash } from "node:crypto";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/**
 * Names of previews. A name becomes a part of a load balancer's and a target group's name (32 characters), of a DNS
 * label (63, no hyphen at its ends), of an RDS identifier (63, a letter first, no two hyphens in a row), of a database's
 * name, and of a key in S3. What all of them take is 2 to 31 lower-case letters, digits and single hyphens, a letter
 * first and no hyphen last.
 */
const FORM = /^(?=.{2,31}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Longest name of a preview, in characters. */
export const LONGEST_NAME = 31;

/** How the name of a branch's preview begins: a name that somebody chose never does. */
export const BRANCH_PREFIX = "preview-";

/** What begins a load balancer's name may not be this: AWS keeps it for its own. */
const RESERVED = "internal-";

/** Characters of the hash in a name. */
const HASH = 8;

/** Prefixes of branches that say which kind of work it is, and nothing of the work. */
const KINDS =
  /^(?:feature|feat|bugfix|fix|hotfix|release|chore|docs|refactor|test|perf|ci|build|style|task|story|topic|users?)\/+(?=.*[a-z0-9])/;

/** Whether a text is the name of a preview: whoever puts one into a path, a key or a command asks this first. */
export function isPreviewName(name: string): boolean {
  return FORM.test(name) && !name.startsWith(RESERVED);
}

/**
 * Checks a name that somebody has chosen.
 *
 * @throws CliError that says what a name may have.
 */
export function checkPreviewName(name: string): string {
  if (isPreviewName(name)) return name;
  throw new CliError(
    EXIT.USAGE,
    `invalid name of a preview ${JSON.stringify(name.slice(0, 100))}`,
    "use 2 to 31 lower-case letters, digits and single hyphens, a letter first and no hyphen last, e.g. payment-api",
    ...(name.startsWith(RESERVED)
      ? ["AWS keeps names that begin with internal- for its own load balancers"]
      : []),
  );
}

/**
 * The names that the preview of a branch may have, the first of which that no other branch has is taken.
 *
 * The first is the one that people expect, e.g. `preview-payment-api` of `feature/payment-api`. It is not offered where
 * it would have to be cut, or would lose letters. The last ends with a hash of the repository and the branch.
 *
 * @param repository - `owner/name`: two repositories share an account.
 */
export function branchNames(branch: string, repository = ""): readonly string[] {
  const { slug, isWhole } = slugOf(branch);
  const hash = createHash("sha256").update(`${repository}\n${branch}`).digest("hex").slice(0, HASH);
  const room = LONGEST_NAME - BRANCH_PREFIX.length;
  const cut = slug.slice(0, room - HASH - 1).replace(/-$/, "");
  const hashed = `${BRANCH_PREFIX}${cut === "" ? hash : `${cut}-${hash}`}`;
  return isWhole && slug.length <= room ? [`${BRANCH_PREFIX}${slug}`, hashed] : [hashed];
}

/** A branch in letters, digits and hyphens. */
function slugOf(branch: string): { readonly slug: string; readonly isWhole: boolean } {
  const plain = branch
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .toLowerCase();
  const rest = plain.replace(KINDS, "");
  const slug = rest.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  // Letters of other alphabets are lost: two such branches would look alike.
  return { slug, isWhole: slug !== "" && /^[\x20-\x7e]*$/.test(rest) };
}

/** Largest name of a branch that is taken, in characters; git's own limit is that of a file's path. */
export const LONGEST_BRANCH = 255;

/** @throws CliError when a text cannot be the name of a branch. */
export function checkBranch(branch: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses these
  if (branch !== "" && branch.length <= LONGEST_BRANCH && !/[\u0000-\u0020\u007f~^:?*[\\]/.test(branch))
    return branch;
  throw new CliError(
    EXIT.USAGE,
    `invalid branch ${JSON.stringify(branch.slice(0, 100))}`,
    `use the name of a branch as git takes it, of at most ${LONGEST_BRANCH} characters`,
  );
}
