import { randomUUID } from "node:crypto";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { interrupted } from "../process/interrupts";
import type { Progress } from "../progress/tasks";
import { type Artifact, type ArtifactIndex, lastPublications } from "./index-object";
import { type IdleVersion, type PrunePlan, type PruneScope, prunePlan } from "./prune-plan";
import { RemainingNeeds } from "./remaining-needs";
import { halfRemoved, type Remover, settled, takenOut } from "./removal";

/** Properties of {@link prune}. */
export interface PruneProps extends PruneScope {
  readonly progress: Progress;

  /** Ends it between two deletions. @default - Ctrl-C */
  readonly signal?: AbortSignal;
  readonly now?: Date;
}

/** What a prune came to. */
export interface Pruned {
  readonly versions: readonly IdleVersion[];
  readonly artifacts: readonly Artifact[];

  /** What was to be removed and is needed after all, with by what. */
  readonly kept: readonly string[];
}

/**
 * Removes what a plan names, and what is still needed by nobody.
 *
 * Of versions, the alias and the pin are read again before each, and Lambda itself refuses those that an alias leads
 * to. Of artifacts, the order is what keeps pins right: first they are taken out of the index, by a conditional write;
 * then the pins are read, before each deletion; then the object is deleted. Whoever pins one does it the other way
 * round: he writes the pin, and then looks into the index. So one of the two sees the other, whatever the order, and
 * yields.
 *
 * Interrupted, or when something fails, what was taken out and not deleted is put back. A run that is killed leaves it
 * taken out; the next one deletes it or puts it back.
 */
export async function prune(props: PruneProps, plan: PrunePlan): Promise<Pruned> {
  const { now = new Date() } = props;
  const run = new Prune(props, { id: randomUUID(), now });
  try {
    // Somebody may have thought about the question for an hour.
    await run.removeAll(both(plan, await prunePlan(props, now)));
  } catch (error) {
    throw told(error, run.done, plan);
  }
  return run.done;
}

/** What is in both plans, with the needs of the later one. */
function both(asked: PrunePlan, later: PrunePlan): PrunePlan {
  const has = (one: IdleVersion) =>
    asked.versions.some(
      ({ version, target }) => version === one.version && target.functionName === one.target.functionName,
    );
  return {
    ...later,
    versions: later.versions.filter(has),
    artifacts: later.artifacts.filter(({ versionId }) =>
      asked.artifacts.some((one) => one.versionId === versionId),
    ),
  };
}

class Prune {
  readonly done = { versions: [] as IdleVersion[], artifacts: [] as Artifact[], kept: [] as string[] };

  constructor(
    private readonly props: PruneProps,
    private readonly by: Remover,
  ) {}

  async removeAll(plan: PrunePlan): Promise<void> {
    const needs = new RemainingNeeds(this.props, plan.needed);
    for (const version of plan.versions) await this.removeVersion(version, needs);
    const { session, environments } = this.props;
    if (environments !== undefined) return;
    const doomed = new Map(plan.artifacts.map((one) => [one.versionId, one]));
    const name = session.service.name;
    const index = await session.store.change(name, (index) => this.takeOut(index, doomed));
    const own = halfRemoved(index).filter(({ by }) => by === this.by.id);
    const taken = lastPublications({ ...index, artifacts: own });
    if (taken.length > 0) await this.removeTaken(taken, doomed, needs);
  }

  private async removeVersion(one: IdleVersion, needs: RemainingNeeds): Promise<void> {
    this.checkInterrupted();
    const { target, version } = one;
    const what = `version ${version} of ${target.functionName}`;
    const reasons = await needs.ofVersion(one);
    if (reasons.length > 0) return void this.done.kept.push(`${what}: ${reasons.join(", ")}`);
    this.props.progress(`removing ${what}`);
    if (await this.props.session.kind.deleteVersion(target, version)) this.done.versions.push(one);
    else this.done.kept.push(`${what}: Lambda says that it is used`);
  }

  /** Takes out those that were not published again meanwhile, and what a dead run has left. */
  private takeOut(index: ArtifactIndex, doomed: ReadonlyMap<string, Artifact>): ArtifactIndex {
    const ids = [...lastPublications(index), ...halfRemoved(index)]
      .filter((one) => "by" in one || doomed.get(one.versionId)?.time === one.time)
      .map(({ versionId }) => versionId);
    return ids.length === 0 ? index : takenOut(index, new Set(ids), this.by);
  }

  private async removeTaken(
    taken: readonly Artifact[],
    doomed: ReadonlyMap<string, Artifact>,
    needs: RemainingNeeds,
  ): Promise<void> {
    const gone = new Set<string>();
    try {
      for (const one of taken) {
        this.checkInterrupted();
        const isGone = doomed.has(one.versionId) && (await this.removeArtifact(one, needs));
        if (isGone) gone.add(one.versionId);
      }
    } catch (error) {
      await this.settle(taken, gone).catch((second: unknown) => {
        throw leftHalf(error, second);
      });
      throw error;
    }
    await this.settle(taken, gone);
  }

  /** Notes what is gone. What is left can be pinned again, unless nobody knows whether it is there. */
  private async settle(taken: readonly Artifact[], gone: Set<string>): Promise<void> {
    const { store, service } = this.props.session;
    const back = new Set<string>();
    for (const one of taken.filter(({ versionId }) => !gone.has(versionId))) {
      const isThere = await store.has(one).catch(() => undefined);
      if (isThere !== undefined) (isThere ? back : gone).add(one.versionId);
    }
    await store.change(service.name, (index) => settled(index, { gone, back }, this.by));
  }

  private async removeArtifact(one: Artifact, needs: RemainingNeeds): Promise<boolean> {
    const { session, progress } = this.props;
    const what = `artifact ${one.sha256.slice(0, 12)}`;
    const index = await session.index();
    if (!halfRemoved(index).some(({ versionId, by }) => versionId === one.versionId && by === this.by.id))
      throw new CliError(
        EXIT.HELD,
        "another run took this one for dead, and removes artifacts now",
        "wait until it ends",
      );
    const reasons = await needs.ofArtifact(one);
    if (reasons.length > 0) {
      this.done.kept.push(`${what}: ${reasons.join(", ")}`);
      return false;
    }
    progress(`removing ${what}`);
    await session.store.remove(one);
    this.done.artifacts.push(one);
    return true;
  }

  private checkInterrupted(): void {
    if ((this.props.signal ?? interrupted).aborted) throw new Interrupted();
  }
}

/** The end of a run that could not even put back what it had taken out. */
function leftHalf(error: unknown, second: unknown): Error {
  if (!(error instanceof CliError)) return error as Error;
  const [first = "", ...lines] = error.message.split("\n  ");
  const reason = second instanceof Error ? second.message.split("\n")[0] : String(second);
  const left = `some artifacts stay taken out, and cannot be pinned before the next prune: ${reason}`;
  if (error instanceof Interrupted) return new Interrupted(...lines, left);
  return new CliError(error.exitCode, first, ...lines, left);
}

/** An error with what was done before it. */
function told(error: unknown, { versions, artifacts }: Pruned, plan: PrunePlan): Error {
  if (!(error instanceof CliError)) return error as Error;
  const [first = "", ...lines] = error.message.split("\n  ");
  const done = `removed before: ${versions.length} of ${plan.versions.length} versions, ${artifacts.length} of ${plan.artifacts.length} artifacts`;
  const all = [...lines, done, "the same command again goes on"];
  return error instanceof Interrupted ? new Interrupted(...all) : new CliError(error.exitCode, first, ...all);
}
