import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Repository } from "../git/repository";

/** What gets the history that a shallow clone does not have. */
const WHOLE = "in GitHub Actions: fetch-depth: 0 of actions/checkout; elsewhere: git fetch --unshallow";

/** That a commit is not in the repository, and what gets it there, if anything does. */
export async function missingCommit(repository: Repository, name: string): Promise<CliError> {
  const said = [`there is no commit ${JSON.stringify(name)}`, `at ${repository.root}`];
  const branch = branchOfOrigin(name);
  if (await repository.shallow()) {
    // A clone of depth 1 is of one branch alone, and unshallowed is so still.
    const more = branch === undefined ? "" : ` origin ${branch}:refs/remotes/origin/${branch}`;
    return new CliError(
      EXIT.USAGE,
      ...said,
      "the clone is shallow, and has a part of the history",
      WHOLE + more,
    );
  }
  const here = "name a branch, tag or commit that is here";
  if (branch !== undefined)
    return new CliError(EXIT.USAGE, ...said, `${here}; in CI: git fetch --no-tags origin ${branch}`);
  const commit = /^[0-9a-f]{40}$/.test(name)
    ? `; in CI: git fetch --no-tags origin ${name}`
    : ", e.g. origin/main";
  return new CliError(EXIT.USAGE, ...said, here + commit);
}

/** Why two commits have no common one, and what mends that, if anything does. */
export async function unrelated(repository: Repository, base: string): Promise<string> {
  return (await repository.shallow())
    ? `${base} and HEAD have no common commit in the history that is here, and the clone is shallow; fetch all of it (${WHOLE})`
    : `${base} and HEAD have no common commit: their histories have nothing to do with each other`;
}

/** The branch of a name like `origin/main`; undefined for `HEAD~1`, a commit, or what is local. */
function branchOfOrigin(name: string): string | undefined {
  return /^origin\/([A-Za-z0-9_][\w./+-]*)$/.exec(name)?.[1];
}
