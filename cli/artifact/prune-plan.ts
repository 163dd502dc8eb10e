import { checkAccount } from "./account";
import { type Artifact, type ArtifactIndex, lastPublications } from "./index-object";
import type { DeployedVersion } from "./kind";
import { foreignPins, type Needs, needsOf } from "./needs";
import { asIfNothingWereTaken, halfRemoved, refuseOther } from "./removal";
import { artifactsKept, type Needed, type Retention, versionsKept } from "./retention";
import type { Session } from "./session";
import { type Target, targetIn } from "./target";

/** What is to be pruned, and what stays. */
export interface PruneScope {
  readonly session: Session;

  /** Environments whose versions are removed, and no artifact; undefined for all environments, and the artifacts. */
  readonly environments?: readonly string[];
  readonly retention: Retention;
}

/** A version of a function that nobody needs. */
export interface IdleVersion extends DeployedVersion {
  readonly target: Target;
}

/** What a prune would do. */
export interface PrunePlan {
  readonly versions: readonly IdleVersion[];
  readonly artifacts: readonly Artifact[];

  /** Artifacts that a dead run has taken out and that are needed: they can be pinned again. */
  readonly returned: readonly Artifact[];

  /** By what all others are needed. */
  readonly needed: Needed;
}

/**
 * Finds what nobody needs. Nothing is changed.
 *
 * @throws CliError when an environment cannot be read: it might need any of it.
 */
export async function prunePlan(
  { session, environments, retention }: PruneScope,
  now: Date,
): Promise<PrunePlan> {
  const { targets } = session;
  const named = environments?.map((name) => targetIn(targets, name)) ?? targets;
  await checkAccounts(session, named, environments !== undefined);
  if (environments === undefined) await session.checkPublisher();
  const needs = await Promise.all(named.map((target) => needsOf(session, target)));
  const versions = needs.flatMap((one) => idleVersions(one, retention));
  if (environments !== undefined)
    return { versions, artifacts: [], returned: [], needed: { environments: needs, foreign: [] } };
  const needed = { environments: needs, foreign: await foreignPins(session) };
  const index = await session.index();
  refuseOther(index, { id: "", now });
  const whole = asIfNothingWereTaken(index);
  const artifacts = await idleArtifacts(session, whole, needed, retention);
  const half = halfRemoved(index).map(({ versionId }) => versionId);
  const returned = lastPublications(whole).filter(
    (one) => half.includes(one.versionId) && !artifacts.includes(one),
  );
  return { versions, artifacts, returned, needed };
}

function idleVersions(needs: Needs, retention: Retention): readonly IdleVersion[] {
  return versionsKept(needs, retention)
    .filter(({ reasons }) => reasons.length === 0)
    .map(({ one }) => ({ ...one, target: needs.target }));
}

/** Those that nothing keeps, and those whose objects are gone and that nothing is pinned to. */
async function idleArtifacts(
  { store }: Session,
  index: ArtifactIndex,
  needed: Needed,
  retention: Retention,
): Promise<readonly Artifact[]> {
  const all = await Promise.all(
    artifactsKept(index, needed, retention).map(async ({ one, reasons }) => ({
      one,
      isIdle:
        reasons.length === 0 || (!reasons.some((reason) => /pinned/.test(reason)) && !(await store.has(one))),
    })),
  );
  return all.filter(({ isIdle }) => isIdle).map(({ one }) => one);
}

async function checkAccounts(session: Session, targets: readonly Target[], isNamed: boolean): Promise<void> {
  if (targets.every(({ account }) => account === undefined)) return;
  const caller = await session.caller();
  const here = session.targets
    .filter(({ account }) => account === undefined || account === caller)
    .map(({ environment }) => environment);
  const versions = `only the versions of the functions here: npx groundplan artifact prune ${here.join(" ")}`;
  const lines = ["nothing was removed", ...(isNamed || here.length === 0 ? [] : [versions])];
  for (const target of targets) await checkAccount(target.environment, target, ...lines);
}
