import { setTimeout as sleep } from "node:timers/promises";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type FailedPush, GitFault, lastLines } from "../git/push-outcome";
import { type BranchProps, type Files, RemoteBranch } from "../git/remote-branch";
import { endIfInterrupted, interrupted } from "../process/interrupts";

/** How a branch is changed by several at once. */
export interface ChangeProps extends BranchProps {
  /** Called with what goes on. */
  readonly onProgress?: (line: string) => void;

  /**
   * Milliseconds before the second try when the repository does not answer; each later one waits twice as long.
   *
   * @default 1000
   */
  readonly pause?: number;
}

/** What is to be written on a commit, or why nothing is. */
export type Change<T> =
  | {
      readonly files: Files;
      readonly message: string;
      readonly result: T;

      /**
       * What to do when nobody knows whether the commit has arrived.
       *
       * @default - the same command again, which finds what an earlier run has done
       */
      readonly again?: string;
    }
  | { readonly nothing: T };

/** How a change ended. */
export interface Changed<T> {
  readonly result: T;

  /** The commit that this run made; undefined when there was nothing to write. */
  readonly commit: string | undefined;

  /** The newest commit of the branch that is known to have it. */
  readonly head: string;

  /** Tries until it was in. */
  readonly attempts: number;
}

/** Tries against other pushes: each lets one of them through, so ten at once need ten at the most. */
const MOST_RACES = 40;

/** Tries against a repository that does not answer: half a minute. */
const MOST_FAULTS = 6;

/**
 * Changes a branch by one commit. Where another push was faster, the change is made anew on what is there now: nothing is
 * merged, and nothing of the others is lost.
 *
 * @param make - gives the change for a commit; it is called anew for each try.
 */
export function changeBranch<T>(
  props: ChangeProps,
  make: (branch: RemoteBranch, head: string) => Promise<Change<T>>,
): Promise<Changed<T>> {
  return RemoteBranch.during(props, async (branch) => {
    const retry = new Retries(props, branch.address);
    const unsure: { readonly result: T; readonly commit: string }[] = [];
    for (;;) {
      const head = await retry.until(() => branch.fetch());
      const attempts = retry.attempts + 1;
      // A change that has arrived is not made anew: a second revert would go further back.
      for (const one of unsure) {
        if (await arrived(branch, head, one.commit)) return { ...one, head, attempts };
      }
      const change = await make(branch, head);
      if ("nothing" in change) return { result: change.nothing, commit: undefined, head, attempts };
      const made = await branch.commit(head, change.files, change.message);
      const failed = await pushed(branch, made);
      if (!failed) return { result: change.result, commit: made, head: made, attempts };
      if (failed.kind === "unreachable") {
        unsure.push({ result: change.result, commit: made });
        retry.again = change.again;
      }
      if (failed.kind === "refused") {
        throw new CliError(
          EXIT.FAILED,
          `the repository refuses the commit for ${branch.branch}: nothing was written`,
          `at ${branch.address}`,
          ...lastLines(failed.said),
          "look at the rights of the credentials, and at the rules of the branch",
        );
      }
      await retry.after(failed.kind, failed.said);
    }
  });
}

/** Pushes a commit. @throws Interrupted that names it: a push that is ended may have arrived. */
async function pushed(branch: RemoteBranch, commit: string): Promise<FailedPush | undefined> {
  endIfInterrupted("nothing was written");
  try {
    return await branch.push(commit);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(
      `commit ${commit} may have arrived in ${branch.branch} all the same`,
      `look first: git ls-remote ${branch.address} ${branch.branch}`,
    );
  }
}

async function arrived(branch: RemoteBranch, head: string, commit: string): Promise<boolean> {
  if (head === commit) return true;
  await branch.deepen();
  return branch.contains(head, commit);
}

/** Counts the tries, and waits between them. */
class Retries {
  private races = 0;
  private faults = 0;

  /** What to do after the last try; undefined for the same command. */
  again: string | undefined;

  constructor(
    private readonly props: ChangeProps,
    private readonly address: string,
  ) {}

  get attempts(): number {
    return this.races + this.faults;
  }

  /** Does something that the repository may not answer to. */
  async until<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof GitFault) || !error.passing) throw error;
        await this.after("unreachable", error.message, error);
      }
    }
  }

  /** Waits before the next try. @throws CliError after the last one. */
  async after(kind: "race" | "unreachable", said: string, error?: GitFault): Promise<void> {
    if (kind === "race") this.races += 1;
    else this.faults += 1;
    if (this.faults >= MOST_FAULTS) {
      if (error && this.again === undefined) throw error;
      throw new CliError(
        EXIT.MISSING,
        `the repository does not take the commit: ${this.faults} tries`,
        `at ${this.address}`,
        ...lastLines(said),
        this.again ?? "run the same command again: it looks first whether the commit has arrived",
      );
    }
    if (this.races >= MOST_RACES) {
      throw new CliError(
        EXIT.HELD,
        `other pushes were faster ${this.races} times: nothing was written`,
        `at ${this.address}`,
        "run the same command again when fewer write into this branch",
      );
    }
    const longest =
      kind === "race"
        ? Math.min(3000, 60 * 2 ** this.races)
        : (this.props.pause ?? 1000) * 2 ** (this.faults - 1);
    const wait = kind === "race" ? Math.random() * longest : longest * (0.75 + Math.random() / 2);
    const why = kind === "race" ? "another push was faster" : "the repository does not answer";
    this.props.onProgress?.(`${why}: trying again (${this.attempts + 1})`);
    await sleep(wait, undefined, { signal: interrupted }).catch(() => {
      throw new Interrupted(
        this.faults === 0 ? "nothing was written" : "look first whether the commit has arrived all the same",
      );
    });
  }
}
