import { Faults } from "@groundplan/modules/core";
import { OverlayFaults } from "../../../overlays/overlay-faults";
import { type ApiSettings, checkApi } from "../../../overlays/settings/api";
import { environments } from "../../platform";
import { defaults } from "../../platform/defaults";

/** What is said of the defaults with some settings changed. */
function faultsOf(change: Partial<ApiSettings>): readonly string[] {
  const faults = new Faults();
  checkApi(new OverlayFaults(faults, { name: "dev" }), { ...defaults.api, ...change });
  return faults.all.map(({ what, at }) => `${what} (${at})`);
}

test("takes the environments of the tests' platform", () => {
  for (const { api } of environments) expect(faultsOf(api)).toEqual([]);
});

test.each<[string, Partial<ApiSettings>]>([
  ["api.memoryMb is 64", { memoryMb: 64 }],
  ["api.timeoutSeconds is 30", { timeoutSeconds: 30 }],
  ["api.reservedConcurrency is -2", { reservedConcurrency: -2 }],
  ["api.logRetentionDays is 31", { logRetentionDays: 31 }],
  ["api.throttling.ratePerSecond is 0", { throttling: { ratePerSecond: 0, burst: 1 } }],
  ["api.throttling.burst is 0.5", { throttling: { ratePerSecond: 1, burst: 0.5 } }],
  ["api.errorPercent is 101", { errorPercent: 101 }],
  ["api.latencyMs is 10001", { latencyMs: 10_001 }],
  ["api.corsOrigins is", { corsOrigins: ["https://a.b", "https://a.b"] }],
  ["api.gradual.percent is 0", { gradual: { percent: 0, minutes: 5 } }],
  ["api.gradual.minutes is NaN", { gradual: { percent: 100, minutes: Number.NaN } }],
  ["api.gradual.minutes is 61: not 0 to 60", { gradual: { percent: 10, minutes: 61 } }],
  ["api.gradual.minutes is 0: no time", { gradual: { percent: 10, minutes: 0 } }],
  ["its alarms need up to 5 minutes", { gradual: { percent: 10, minutes: 4 } }],
])("%s … is refused, and nothing else", (said, change) => {
  expect(faultsOf(change)).toEqual([expect.stringContaining(said)]);
  expect(faultsOf(change)[0]).toContain('overlay "dev"');
});
