import { checkEnvironments } from "../../../overlays/checks";
import type { EnvironmentOverlay } from "../../../overlays/environment";
import { defineEnvironment } from "../../platform";

const overlay = (change: Partial<EnvironmentOverlay>) =>
  defineEnvironment({ name: "test", account: "123456789012", network: { cidr: "10.9.0.0/16" }, ...change });

const STEP = { weight: 10, checks: 20, seconds: 40, maxErrors: 10 };
const step = (change: Partial<typeof STEP>) => ({
  delivery: { canary: { enabled: true, steps: [{ ...STEP, ...change }] } },
});

test.each<[string, Partial<EnvironmentOverlay>]>([
  ["no canary", {}],
  ["the defaults", { delivery: { canary: { enabled: true } } }],
  ["no canary, and no controller", { addons: { argoRollouts: false } }],
  ["a load balancer that splits", { delivery: { canary: { enabled: true, ingress: "test-app" } } }],
  ["a check a second, and none that may fail", step({ checks: 40, maxErrors: 0 })],
])("takes %s", (_, change) => {
  const environment = overlay(change);
  expect(checkEnvironments([environment])).toEqual([environment]);
});

test.each<[string, Partial<EnvironmentOverlay>, string]>([
  [
    "a canary that nothing runs",
    { delivery: { canary: { enabled: true } }, addons: { argoRollouts: false } },
    'delivery.canary.enabled is true: addons.argoRollouts is false, so nothing in the cluster runs a Rollout\n  at overlay "test"\n  use addons.argoRollouts: true, or delivery.canary.enabled: false',
  ],
  [
    "weights that no load balancer gets",
    {
      delivery: { canary: { enabled: true, ingress: "test-app" } },
      addons: { loadBalancerController: false },
    },
    'delivery.canary.ingress is "test-app": addons.loadBalancerController is false',
  ],
  [
    "an Ingress that is none",
    { delivery: { canary: { ingress: "Test App" } } },
    "not the name of an Ingress",
  ],
  ["a path that is none", { delivery: { canary: { path: "health" } } }, "not the path of a URL"],
  [
    "a canary without steps",
    { delivery: { canary: { enabled: true, steps: [] } } },
    "a canary without a step is none",
  ],
  [
    "all of the traffic at once",
    step({ weight: 100 }),
    "steps[0].weight is 100: not a whole number of 1 to 99",
  ],
  ["half a percent", step({ weight: 0.5 }), "steps[0].weight is 0.5"],
  ["no checks", step({ checks: 0 }), "steps[0].checks is 0"],
  ["errors only", step({ maxErrors: 100 }), "steps[0].maxErrors is 100: not a whole number of 0 to 99"],
  ["checks in parts of a second", step({ seconds: 19 }), "less than a second for each of 20 checks"],
  [
    "a step back",
    { delivery: { canary: { enabled: true, steps: [{ ...STEP, weight: 50 }, STEP] } } },
    "steps[1].weight is 10: not more than the step before it, 50",
  ],
])("refuses %s, and names the overlay", (_, change, said) => {
  expect(() => checkEnvironments([overlay(change)])).toThrow(said);
  expect(() => checkEnvironments([overlay(change)])).toThrow(/at overlay "test"/);
});
