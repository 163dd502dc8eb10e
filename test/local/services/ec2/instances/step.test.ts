import type { InstanceState } from "../../../../../local/services/ec2/instances/listed";
import { nextStep, type Step } from "../../../../../local/services/ec2/instances/step";

test.each<[InstanceState, number, number | undefined, Step]>([
  ["pending", 1, undefined, "boot"],
  ["pending", 1, 1, "none"],
  // After a start of the local AWS, or of an instance that was made before it could tell.
  ["running", 1, undefined, "boot"],
  ["running", 1, 1, "none"],
  ["running", 2, 1, "reboot"],
  ["stopping", 1, 1, "power off"],
  ["stopping", 1, undefined, "stopped"],
  ["stopped", 1, undefined, "none"],
  ["stopped", 1, 1, "power off"],
  ["shutting-down", 1, 1, "end"],
  ["shutting-down", 1, undefined, "end"],
])(
  "an instance that is %s, to boot %d times, with a machine booted %p times: %s",
  (state, boots, booted, step) => {
    expect(nextStep({ state, boots }, booted === undefined ? undefined : { boots: booted })).toBe(step);
  },
);
