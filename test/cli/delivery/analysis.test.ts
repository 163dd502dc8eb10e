import { healthMetric } from "@groundplan/modules/gitops";
import fc from "fast-check";
import {
  checkInterval,
  failureLimit,
  judge,
  judgeTraffic,
  type Rule,
  type Sample,
  type Verdict,
  worst,
} from "../../../cli/delivery/analysis";

const rules = fc.record({
  checks: fc.integer({ min: 1, max: 60 }),
  seconds: fc.integer({ min: 60, max: 300 }),
  maxErrors: fc.integer({ min: 0, max: 99 }),
});
const samples = fc.array(fc.constantFrom<Sample>("ok", "ok", "ok", "error"), { maxLength: 80 });

/** Whether some way to go on keeps the limit: every further check ends well. */
function canStillPass({ checks, maxErrors }: Rule, soFar: readonly Sample[]): boolean {
  const errors = soFar.slice(0, checks).filter((sample) => sample === "error").length;
  return errors * 100 <= maxErrors * checks;
}

test("it fails as soon as the limit cannot be kept, and no sooner", () => {
  fc.assert(
    fc.property(rules, samples, (rule, all) => {
      for (let taken = 0; taken <= all.length; taken++) {
        const soFar = all.slice(0, taken);
        expect(judge(rule, soFar).verdict === "fail").toBe(!canStillPass(rule, soFar));
      }
    }),
  );
});

test("what is decided stays so, whatever comes", () => {
  fc.assert(
    fc.property(rules, samples, samples, (rule, before, after) => {
      const { verdict } = judge(rule, before);
      if (verdict !== "running") expect(judge(rule, [...before, ...after]).verdict).toBe(verdict);
    }),
  );
});

test("it passes only when all checks were made, and the share of errors is what is allowed or less", () => {
  fc.assert(
    fc.property(rules, samples, (rule, all) => {
      const { verdict, taken, errors } = judge(rule, all, true);
      const whole = all.length >= rule.checks;
      expect(verdict === "pass").toBe(whole && errors * 100 <= rule.maxErrors * rule.checks);
      expect(verdict === "inconclusive").toBe(!whole && canStillPass(rule, all));
      expect(taken).toBe(Math.min(all.length, rule.checks));
    }),
  );
});

test("the order of the checks decides nothing once all are made", () => {
  fc.assert(
    fc.property(rules, samples, (rule, all) => {
      const whole = all.slice(0, rule.checks);
      fc.pre(whole.length === rule.checks);
      expect(judge(rule, whole.toSorted()).verdict).toBe(judge(rule, whole).verdict);
    }),
  );
});

/**
 * What Argo Rollouts makes of measurements: `assessMetricStatus` of version 1.9.2.
 *
 * @see https://github.com/argoproj/argo-rollouts/blob/v1.9.2/analysis/analysis.go#L579
 */
function rollouts(metric: { count: number; failureLimit: number }, measured: readonly Sample[]): Verdict {
  let failed = 0;
  for (const [index, sample] of measured.entries()) {
    if (sample === "error") failed++;
    if (failed > metric.failureLimit) return "fail";
    if (index + 1 >= metric.count) return "pass";
  }
  return "running";
}

const WORKLOAD = {
  name: "prod-app",
  namespace: "groundplan-prod",
  healthPath: "/health",
  image: "app",
  labels: {},
};

test("the AnalysisTemplate of a rule has the same limits, so the same checks end the same way", () => {
  fc.assert(
    fc.property(rules, samples, (rule, all) => {
      const metric = healthMetric(WORKLOAD, { ...rule, weight: 10 });
      expect(metric.failureLimit).toBe(failureLimit(rule));
      const [, amount, unit] = /^(\d+)(s|ms)$/.exec(metric.interval) ?? [];
      expect(Number(amount) * (unit === "s" ? 1000 : 1)).toBe(checkInterval(rule));
      expect(judge(rule, all).verdict).toBe(rollouts(metric, all));
    }),
  );
});

test("planted: a template with another limit ends otherwise", () => {
  const rule = { checks: 20, seconds: 40, maxErrors: 10 };
  const metric = healthMetric(WORKLOAD, { ...rule, maxErrors: 15, weight: 10 });
  const three = [...Array<Sample>(3).fill("error"), ...Array<Sample>(17).fill("ok")];
  expect([judge(rule, three).verdict, rollouts(metric, three)]).toEqual(["fail", "pass"]);
});

test.each([
  [{ checks: 20, maxErrors: 10 }, 2],
  [{ checks: 50, maxErrors: 5 }, 2],
  [{ checks: 20, maxErrors: 0 }, 0],
  [{ checks: 3, maxErrors: 33 }, 0],
  [{ checks: 3, maxErrors: 34 }, 1],
  [{ checks: 1, maxErrors: 99 }, 0],
])("of %j, %i may fail", (rule, limit) => {
  expect(failureLimit(rule)).toBe(limit);
});

test.each([
  [undefined, "inconclusive"],
  [{ requests: 0, errors: 0 }, "inconclusive"],
  [{ requests: 100, errors: 10 }, "pass"],
  [{ requests: 100, errors: 11 }, "fail"],
] as const)("of its own count %j the verdict is %s", (traffic, verdict) => {
  expect(judgeTraffic({ maxErrors: 10 }, traffic)).toBe(verdict);
});

test("the verdict of several is the worst of them", () => {
  expect(worst(["pass", "inconclusive", "fail"])).toBe("fail");
  expect(worst(["pass", "inconclusive"])).toBe("inconclusive");
  expect(worst(["pass", "pass"])).toBe("pass");
  expect(worst([])).toBe("inconclusive");
});
