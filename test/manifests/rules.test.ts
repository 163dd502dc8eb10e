import { type Json, type Manifest, parse } from "./manifest";
import { disruptionsAllowed, evictable, pinned } from "./rules";

const LABELS = { app: "x" };

function budget(spec: Readonly<Record<string, Json>>): Manifest {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "x" },
    spec: { selector: { matchLabels: LABELS }, ...spec },
  };
}

function deployment(replicas: number, image = "registry.example.com/x:1"): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "x" },
    spec: {
      replicas,
      template: { metadata: { labels: LABELS }, spec: { containers: [{ name: "x", image }] } },
    },
  };
}

const BUDGETS: readonly (readonly [spec: Readonly<Record<string, Json>>, pods: number, allowed: number])[] = [
  [{ maxUnavailable: 1 }, 1, 1],
  [{ maxUnavailable: 0 }, 3, 0],
  [{ maxUnavailable: "0%" }, 3, 0],
  [{ maxUnavailable: "1%" }, 1, 1],
  [{ minAvailable: 1 }, 1, 0],
  [{ minAvailable: 1 }, 2, 1],
  [{ minAvailable: "50%" }, 1, 0],
  [{ minAvailable: "50%" }, 2, 1],
  [{ minAvailable: "51%" }, 2, 0],
  [{ minAvailable: "100%" }, 9, 0],
  [{}, 3, 0],
];

test.each(BUDGETS)("a budget of %j with %i pods lets %i go", (spec, pods, allowed) => {
  expect(disruptionsAllowed(budget(spec), pods)).toBe(allowed);
});

test("a budget that blocks every eviction, or selects nothing, is a fault", () => {
  expect(evictable([deployment(1), budget({ maxUnavailable: 1 })])).toEqual([]);
  expect(evictable([deployment(1), budget({ minAvailable: 1 })])).toEqual([
    "PodDisruptionBudget/x blocks every eviction while 1 of 1 pods run",
  ]);
  expect(evictable([budget({ maxUnavailable: 1 })])).toEqual([
    "PodDisruptionBudget/x selects no Deployment and no Rollout",
  ]);
});

test.each([
  ["registry.example.com/x:1.2.3", true],
  ["registry.example.com/x:develop-latest", true],
  [`registry.example.com/x@sha256:${"0a".repeat(32)}`, true],
  ["registry.example.com/x:latest", false],
  ["registry.example.com:5000/x", false],
  ["x", false],
  ["registry.example.com/x@sha256:0a", false],
])("%s is a fixed image: %s", (image, good) => {
  expect(pinned([deployment(1, image)])).toHaveLength(good ? 0 : 1);
});

test("YAML is read as Kubernetes reads it", () => {
  const [config] = parse('kind: ConfigMap\nmetadata: {}\ndata:\n  A: yes\n  B: "yes"\n---\n# nothing\n');
  expect(config?.data).toEqual({ A: true, B: "yes" });
  expect(() => parse("kind: A\nkind: B\n")).toThrow("Map keys must be unique");
});
