import { type Application, isAutomated, REFRESH } from "./application";

/** Where an Application stands against a commit. */
export type Standing =
  /** The commit, or one that contains it, is synced and healthy, and nothing is under way. */
  | { readonly kind: "done"; readonly revision: string }
  /** It is not so yet. */
  | {
      readonly kind: "waiting";
      readonly why: string;

      /** What would help, of what can be asked of Argo CD. */
      readonly needs: "time" | "refresh" | "sync" | "termination";
    }
  /** It will not be so. */
  | { readonly kind: "failed"; readonly why: string; readonly lines: readonly string[] }
  /** It looks as if it would not be so; only when it stays like that it is `failed`. */
  | { readonly kind: "bad"; readonly why: string; readonly lines: readonly string[] };

/** Which of Argo CD's commits have the wanted one in their history, or are it. */
export type Contains = (revision: string) => boolean;

/**
 * Says where an Application stands against a commit. What Argo CD says of another commit counts for nothing: "Synced" may be
 * yesterday's.
 */
export function judge(app: Application, contains: Contains): Standing {
  const { sync, operationState, conditions } = app.status ?? {};
  if (isTriedInVain(app, contains)) {
    return bad(`all of it is applied, and Degraded; ${operationText(app)}`, []);
  }
  if (isUnderWay(app)) {
    // It may wait for the health of what is to go: until it ends, nothing else is synced.
    return waiting(operationText(app), isOfOtherCommit(app, contains) ? "termination" : "time");
  }
  const failed = failedSync(app, contains);
  if (failed) return failed;
  const invalid = conditions?.find(({ type }) => type === "InvalidSpecError");
  if (invalid) return bad(`Argo CD refuses the Application: ${invalid.message ?? invalid.type}`, []);
  const revision = sync?.revision ?? "";
  const comparison = conditions?.find(({ type }) => type === "ComparisonError");
  if (comparison) return waiting(`Argo CD cannot compare: ${comparison.message ?? ""}`, "refresh");
  if (revision === "" || !contains(revision) || isOfOtherSource(app)) {
    return waiting(
      revision === ""
        ? "Argo CD has compared nothing yet"
        : `Argo CD has seen ${shortRevision(revision)}, and not this commit`,
      "refresh",
    );
  }
  if (sync?.status !== "Synced") {
    return waiting(
      `${sync?.status ?? "Unknown"} at ${shortRevision(revision)}`,
      sync?.status === "OutOfSync" && !isAutomated(app) ? "sync" : "time",
    );
  }
  if (isBefore(app.status?.reconciledAt, operationState?.finishedAt)) {
    return waiting("Argo CD has not compared since its last sync", "time");
  }
  return judgeHealth(app, revision);
}

function judgeHealth({ status }: Application, revision: string): Standing {
  const health = status?.health?.status ?? "Unknown";
  const message = status?.health?.message;
  if (health === "Healthy") return { kind: "done", revision };
  const why = `synced to ${shortRevision(revision)}, ${health}${message ? `: ${message}` : ""}`;
  if (health === "Degraded") return bad(why, []);
  const paused = health === "Suspended" ? `${why}: a canary waits to be promoted or aborted` : why;
  return waiting(paused, "time");
}

/** Whether an operation is asked for, or goes on. */
function isUnderWay({ operation, status }: Application): boolean {
  const phase = status?.operationState?.phase;
  return (operation !== undefined && operation !== null) || phase === "Running" || phase === "Terminating";
}

/** Whether what goes on is a sync of another commit. */
function isOfOtherCommit({ status }: Application, contains: Contains): boolean {
  const state = status?.operationState;
  if (state?.phase !== "Running") return false;
  // At its beginning it still has the result of the one before: only who sees it for a while can tell.
  const revision = [state.operation?.sync?.revision, state.syncResult?.revision].find((one) => one);
  return revision !== undefined && !contains(revision);
}

/** Whether a sync of the wanted commit is tried again though all is applied: what is unwell then is no matter of another try. */
function isTriedInVain({ status }: Application, contains: Contains): boolean {
  const { sync, health, operationState: state } = status ?? {};
  if (state?.phase !== "Running" || !state.retryCount || health?.status !== "Degraded") return false;
  const synced = state.syncResult?.revision ?? "";
  return sync?.status === "Synced" && contains(sync.revision ?? "") && contains(synced);
}

function operationText({ status }: Application): string {
  const { phase, message, retryCount } = status?.operationState ?? {};
  if (phase !== "Running" && phase !== "Terminating") return "a sync is asked for, and Argo CD has not begun";
  const tries = retryCount ? `, try ${retryCount + 1}` : "";
  // At its beginning it still has the message of the one before.
  const own = message && (retryCount || message.startsWith("waiting for")) ? `: ${message}` : "";
  return `${phase === "Running" ? "syncing" : "ending a sync"}${tries}${own}`;
}

/** A sync of the wanted commit that failed for good: while it is tried again, it goes on. */
function failedSync({ status }: Application, contains: Contains): Standing | undefined {
  const { operationState: state, sync } = status ?? {};
  if (state?.phase !== "Failed" && state?.phase !== "Error") return undefined;
  const named = [state.syncResult?.revision, state.operation?.sync?.revision].filter((one) => one);
  // Of a sync that did not come as far as a commit, it is the one that was compared then.
  const revisions = named.length > 0 ? named : [sync?.revision];
  const revision = revisions.find((one) => one !== undefined && contains(one));
  if (revision === undefined) return undefined;
  // What was put right since then, e.g. by hand, is synced all the same.
  if (sync?.status === "Synced") return undefined;
  const resources = (state.syncResult?.resources ?? []).filter(
    ({ status: one, hookPhase }) => one === "SyncFailed" || hookPhase === "Failed" || hookPhase === "Error",
  );
  const said = state.message ?? state.phase;
  const untold = resources.filter(({ message }) => message === undefined || !said.includes(message));
  return {
    kind: "failed",
    why: `the sync of ${shortRevision(revision)} failed: ${said}`,
    lines: untold.slice(0, 5).map(({ kind, name, message }) => `${kind}/${name}: ${message ?? "failed"}`),
  };
}

/** Whether the Application was led to another source since Argo CD has compared it. */
function isOfOtherSource({ spec, status }: Application): boolean {
  const compared = status?.sync?.comparedTo?.source;
  if (!compared || !spec.source) return false;
  return (["repoURL", "targetRevision", "path"] as const).some((key) => compared[key] !== spec.source?.[key]);
}

/** Whether Argo CD was asked to look at Git, and has not begun to. */
export function hasOpenRefresh({ metadata }: Application): boolean {
  return metadata.annotations?.[REFRESH] !== undefined;
}

/** A commit for people. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 12) : revision;
}

function isBefore(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && Date.parse(one) < Date.parse(other);
}

function waiting(why: string, needs: "time" | "refresh" | "sync" | "termination"): Standing {
  return { kind: "waiting", why, needs };
}

function bad(why: string, lines: readonly string[]): Standing {
  return { kind: "bad", why, lines };
}
