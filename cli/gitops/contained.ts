import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { GitFault } from "../git/push-outcome";
import { type BranchProps, RemoteBranch } from "../git/remote-branch";

/** Tells of commits which contain another. Git is asked once for each that is not known yet. */
export class Containment {
  private readonly known = new Map<string, boolean>();

  constructor(
    private readonly repository: BranchProps | undefined,

    /** The wanted commit, in full. */
    readonly wanted: string,
  ) {
    this.known.set(wanted, true);
  }

  /** Whether a commit contains the wanted one, as far as {@link learn} has seen. */
  readonly has = (revision: string): boolean => this.known.get(revision) ?? false;

  /**
   * Asks Git about a commit that is not known.
   *
   * @returns why it cannot be told; undefined when it is known.
   */
  async learn(revision: string): Promise<string | undefined> {
    if (this.known.has(revision) || !/^[0-9a-f]{40,64}$/.test(revision)) return undefined;
    if (!this.repository) {
      this.known.set(revision, false);
      return undefined;
    }
    try {
      const contained = await RemoteBranch.during(this.repository, async (branch) => {
        await branch.fetch();
        await branch.deepen();
        // A commit of another branch, or one that was pushed away, is not on this one.
        const here = await branch.commitNamed(revision);
        return here !== undefined && (await branch.contains(here, this.wanted));
      });
      this.known.set(revision, contained);
      return undefined;
    } catch (error) {
      if (error instanceof GitFault && error.passing) return error.message.split("\n")[0];
      throw error;
    }
  }
}

/** The commit of a name, in full: a commit of the branch, or its newest. @throws CliError when the branch has none. */
export async function resolveCommit(
  repository: BranchProps | undefined,
  name: string | undefined,
): Promise<string> {
  if (name !== undefined && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(name)) return name;
  if (name !== undefined && !/^[0-9a-f]{7,64}$/.test(name)) {
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(name)} is no commit`,
      "use what groundplan gitops set-image printed: 7 to 40 hex digits",
    );
  }
  if (!repository)
    throw new CliError(EXIT.USAGE, "which commit?", "name it in full: --revision <40 hex digits>");
  return RemoteBranch.during(repository, async (branch) => {
    const head = await branch.fetch();
    if (name === undefined) return head;
    await branch.deepen();
    const found = await branch.commitNamed(name);
    if (found) return found;
    throw new CliError(
      EXIT.USAGE,
      `branch ${branch.branch} has no commit ${name}`,
      `at ${branch.address}`,
      "was it pushed to another branch?",
    );
  });
}
