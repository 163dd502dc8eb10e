import { promotionOf, type Rollout, SKIPPED_ANNOTATION } from "../../../cli/delivery/canary-rollout";

const NOW = new Date("2026-11-30T12:00:00Z");
const SKIP = { reason: "1.4.0 answers nobody", by: "ada" };

const rollout = (status: Rollout["status"] = {}, spec: Partial<Rollout["spec"]> = {}): Rollout => ({
  metadata: { name: "prod-app", namespace: "groundplan-prod" },
  spec: { strategy: { canary: { steps: [] } }, ...spec },
  status: { phase: "Progressing", stableRS: "old", currentPodHash: "new", ...status },
});

test("a pause is ended, and nothing else is changed", () => {
  const paused = rollout({ pauseConditions: [{ reason: "CanaryPauseStep" }] });
  expect(promotionOf(paused, { now: NOW })).toEqual({
    from: "old",
    to: "new",
    patches: { status: { pauseConditions: null } },
  });
});

test("an analysis that could not decide is passed over", () => {
  const undecided = rollout({
    pauseConditions: [{ reason: "InconclusiveAnalysisRun" }],
    controllerPause: true,
    currentStepIndex: 1,
    canary: { currentStepAnalysisRunStatus: { status: "Inconclusive" } },
  });
  expect(promotionOf(undecided, { now: NOW })?.patches).toEqual({
    status: { pauseConditions: null, controllerPause: false, currentStepIndex: 2 },
  });
});

test("without its analyses it is promoted in full, and the record says who, when and why", () => {
  const { patches } = promotionOf(rollout(), { skipAnalysis: SKIP, now: NOW }) ?? {};
  expect(patches?.status).toEqual({ promoteFull: true });
  expect(JSON.parse(patches?.annotations?.[SKIPPED_ANNOTATION] ?? "")).toEqual({
    at: "2026-11-30T12:00:00.000Z",
    by: "ada",
    reason: "1.4.0 answers nobody",
    from: "old",
    to: "new",
  });
});

test("an aborted canary, and one paused by hand, are taken up again", () => {
  const aborted = rollout({ abort: true }, { paused: true });
  const { patches } = promotionOf(aborted, { skipAnalysis: SKIP, now: NOW }) ?? {};
  expect(patches).toMatchObject({ spec: { paused: false }, status: { abort: false, promoteFull: true } });
});

test("where the new version is the stable one there is nothing to do", () => {
  const done = rollout({ stableRS: "new" });
  expect(promotionOf(done, { now: NOW })).toBeUndefined();
  expect(promotionOf(done, { skipAnalysis: SKIP, now: NOW })).toBeUndefined();
});

test.each([
  ["one that is judged just now", rollout(), "waits for nobody: it is Progressing, and its analysis decides"],
  ["an aborted one", rollout({ abort: true, message: "metric failed" }), "was aborted: metric failed"],
  ["no canary", rollout({}, { strategy: {} }), "has no canary"],
])("refuses %s, and says how it can go on", (_, given, said) => {
  expect(() => promotionOf(given, { now: NOW })).toThrow(said);
});
