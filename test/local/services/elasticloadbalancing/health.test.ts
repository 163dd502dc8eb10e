import type { TargetState } from "../../../../local/hosts/target-health";
import { stateAfter } from "../../../../local/services/elasticloadbalancing/health";

const CHECK = { healthyAfter: 3, unhealthyAfter: 2 };

function after(state: TargetState, results: readonly boolean[]): TargetState {
  let now = { state, against: 0 };
  for (const result of results) now = stateAfter(now.state, now.against, result, CHECK);
  return now.state;
}

test("a new target needs one success", () => {
  expect(after("initial", [true])).toBe("healthy");
});

test("a healthy one is unhealthy after as many failures as the threshold, one after the other", () => {
  expect(after("healthy", [false])).toBe("healthy");
  expect(after("healthy", [false, true, false])).toBe("healthy");
  expect(after("healthy", [false, false])).toBe("unhealthy");
});

test("an unhealthy one is healthy again after as many successes", () => {
  expect(after("unhealthy", [true, true])).toBe("unhealthy");
  expect(after("unhealthy", [true, true, true])).toBe("healthy");
});
