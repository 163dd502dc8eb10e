import type { Application } from "../../../cli/gitops/application";
import { judge } from "../../../cli/gitops/judge";

const WANTED = "a".repeat(40);
const LATER = "b".repeat(40);
const YESTERDAY = "c".repeat(40);
const contains = (revision: string) => revision === WANTED || revision === LATER;

type Status = NonNullable<Application["status"]>;

const SOURCE = { repoURL: "https://example.com/r.git", targetRevision: "main", path: "overlays/prod" };

function app(status: Status, more: Partial<Application> = {}): Application {
  return { metadata: { name: "prod" }, spec: { source: SOURCE }, ...more, status };
}

const DONE: Status = {
  sync: { status: "Synced", revision: WANTED, comparedTo: { source: SOURCE } },
  health: { status: "Healthy" },
  reconciledAt: "2026-11-30T10:00:05Z",
  operationState: {
    phase: "Succeeded",
    finishedAt: "2026-11-30T10:00:05Z",
    syncResult: { revision: WANTED },
  },
};

test("is done when the commit, or one that contains it, is synced and healthy, and nothing goes on", () => {
  expect(judge(app(DONE), contains)).toEqual({ kind: "done", revision: WANTED });
  const later = { ...DONE, sync: { ...DONE.sync, revision: LATER } };
  expect(judge(app(later), contains)).toEqual({ kind: "done", revision: LATER });
  // Nothing of the environment was in the commit: there was nothing to sync.
  const { operationState: _, ...never } = DONE;
  expect(judge(app(never), contains)).toEqual({ kind: "done", revision: WANTED });
});

test.each<[string, Status, Partial<Application>, object]>([
  [
    "yesterday's Synced and Healthy",
    { ...DONE, sync: { ...DONE.sync, revision: YESTERDAY } },
    {},
    { kind: "waiting", needs: "refresh", why: "Argo CD has seen cccccccccccc, and not this commit" },
  ],
  ["nothing compared yet", {}, {}, { kind: "waiting", needs: "refresh" }],
  [
    "what was compared before the Application was led elsewhere",
    { ...DONE, sync: { ...DONE.sync, comparedTo: { source: { ...SOURCE, path: "overlays/old" } } } },
    {},
    { kind: "waiting", needs: "refresh" },
  ],
  [
    "an operation that goes on",
    { ...DONE, operationState: { phase: "Running" } },
    {},
    { kind: "waiting", needs: "time", why: "syncing" },
  ],
  [
    "a sync that is tried again",
    { ...DONE, operationState: { phase: "Running", retryCount: 2, message: "one or more objects failed" } },
    {},
    { kind: "waiting", why: "syncing, try 3: one or more objects failed" },
  ],
  [
    "a sync that is tried again, of what is applied and unwell: a Rollout that was aborted",
    {
      ...DONE,
      health: { status: "Degraded" },
      operationState: { ...DONE.operationState, phase: "Running", retryCount: 1, message: "it failed" },
    },
    {},
    { kind: "bad", why: "all of it is applied, and Degraded; syncing, try 2: it failed" },
  ],
  [
    "the same of another commit",
    {
      ...DONE,
      health: { status: "Degraded" },
      operationState: {
        phase: "Running",
        retryCount: 1,
        message: "it failed",
        syncResult: { revision: YESTERDAY },
      },
    },
    {},
    { kind: "waiting", needs: "termination" },
  ],
  [
    "an operation that goes on, with the message of the one before",
    { ...DONE, operationState: { phase: "Running", message: "one or more objects failed to apply" } },
    {},
    { kind: "waiting", why: "syncing" },
  ],
  [
    "an operation that waits for health",
    { ...DONE, operationState: { phase: "Running", message: "waiting for healthy state of Service/a" } },
    {},
    { kind: "waiting", why: "syncing: waiting for healthy state of Service/a" },
  ],
  ["an operation that is asked for", DONE, { operation: { sync: {} } }, { kind: "waiting", needs: "time" }],
  [
    "health from before the sync ended",
    { ...DONE, reconciledAt: "2026-11-30T10:00:04Z" },
    {},
    { kind: "waiting", why: "Argo CD has not compared since its last sync" },
  ],
  [
    "an environment that waits for a hand",
    { ...DONE, sync: { ...DONE.sync, status: "OutOfSync" } },
    {},
    { kind: "waiting", needs: "sync" },
  ],
  [
    "one that syncs by itself, soon",
    { ...DONE, sync: { ...DONE.sync, status: "OutOfSync" } },
    { spec: { source: SOURCE, syncPolicy: { automated: {} } } },
    { kind: "waiting", needs: "time", why: "OutOfSync at aaaaaaaaaaaa" },
  ],
  [
    "one whose automation is switched off",
    { ...DONE, sync: { ...DONE.sync, status: "OutOfSync" } },
    { spec: { source: SOURCE, syncPolicy: { automated: { enabled: false } } } },
    { kind: "waiting", needs: "sync" },
  ],
  [
    "pods that are not ready",
    { ...DONE, health: { status: "Progressing" } },
    {},
    { kind: "waiting", needs: "time" },
  ],
  [
    "a canary that is paused",
    { ...DONE, health: { status: "Suspended" } },
    {},
    { kind: "waiting", why: expect.stringMatching(/canary waits/) },
  ],
  [
    "a repository that Argo CD cannot read",
    { ...DONE, conditions: [{ type: "ComparisonError", message: "connection refused" }] },
    {},
    { kind: "waiting", why: "Argo CD cannot compare: connection refused" },
  ],
  [
    "an Application that Argo CD refuses",
    { ...DONE, conditions: [{ type: "InvalidSpecError", message: "no such cluster" }] },
    {},
    { kind: "bad", why: "Argo CD refuses the Application: no such cluster" },
  ],
  [
    "health that is degraded",
    { ...DONE, health: { status: "Degraded", message: "deadline exceeded" } },
    {},
    { kind: "bad", why: "synced to aaaaaaaaaaaa, Degraded: deadline exceeded" },
  ],
])("is not done with %s", (_, status, more, standing) => {
  expect(judge(app(status, more), contains)).toMatchObject(standing);
});

const OUT: Status = {
  sync: { status: "OutOfSync", revision: WANTED },
  health: { status: "Degraded" },
  operationState: {
    phase: "Failed",
    message: "one or more objects failed to apply",
    syncResult: {
      revision: WANTED,
      resources: [
        { kind: "Service", name: "prod-app", status: "Synced" },
        {
          kind: "Deployment",
          name: "prod-app",
          status: "SyncFailed",
          message: "spec.replicas: Invalid value",
        },
      ],
    },
  },
};

test("a sync of this commit that failed is the end, with what was refused", () => {
  expect(judge(app(OUT), contains)).toEqual({
    kind: "failed",
    why: "the sync of aaaaaaaaaaaa failed: one or more objects failed to apply",
    lines: ["Deployment/prod-app: spec.replicas: Invalid value"],
  });
});

test("a failed sync of yesterday's commit, or one that was put right since, is not", () => {
  const yesterday = {
    ...OUT,
    operationState: { ...OUT.operationState, syncResult: { revision: YESTERDAY } },
  };
  expect(judge(app(yesterday), contains)).toMatchObject({ kind: "waiting", needs: "sync" });
  const right = { ...OUT, sync: DONE.sync, health: { status: "Healthy" } };
  expect(judge(app(right as Status), contains)).toMatchObject({ kind: "done" });
});
