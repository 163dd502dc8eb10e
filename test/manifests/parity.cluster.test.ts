import { environments } from "../../overlays";
import { type Difference, differences } from "./differences";
import { at, changed, type Manifest, workload } from "./manifest";
import { appOverlay, chart, ENVIRONMENTS } from "./render";

/** What the chart and the overlay of one environment may differ in, and why. */
const ALLOWED: readonly {
  readonly path: string;
  readonly why: string;
  differs(each: Difference): boolean;
}[] = [
  {
    path: "metadata/labels/helm.sh~chart",
    why: "names the chart, and an overlay has none",
    differs: ({ left }) => left === undefined,
  },
  {
    path: "metadata/labels/app.kubernetes.io~managed-by",
    why: "names Helm",
    differs: ({ left, right }) => left === undefined && right === "Helm",
  },
  {
    path: "metadata/labels/app.kubernetes.io~version",
    why: "names the chart's appVersion; what an overlay runs is its image's tag",
    differs: ({ left }) => left === undefined,
  },
  {
    path: "spec/template/metadata/annotations/checksum~config",
    why: "Helm's way to roll pods out when the ConfigMap changes",
    differs: ({ left }) => left === undefined,
  },
  {
    path: "metadata/annotations/argocd.argoproj.io~sync-options",
    why: "an overlay's changed ConfigMap has a new name, so the old one is pruned, and that last",
    differs: ({ left, right }) => left === "PruneLast=true" && right === undefined,
  },
  {
    path: "metadata/name",
    why: "Kustomize's way to the same end: a hash in the ConfigMap's name",
    differs: hashed,
  },
  {
    path: "spec/template/spec/containers/0/envFrom/0/configMapRef/name",
    why: "the same name, where the pods use it",
    differs: hashed,
  },
  {
    path: "spec/replicas",
    why: "with an HPA the chart writes none; the overlay's is ignored by Argo CD (ignoreDifferences)",
    differs: ({ left, right }) => typeof left === "number" && right === undefined,
  },
];

function hashed({ left, right }: Difference): boolean {
  return new RegExp(`^${right}-[a-z0-9]{10}$`).test(String(left));
}

/** What both give; with a canary the Rollout stands in the Deployment's place, with what it needs beside it. */
const KINDS = [
  "ServiceAccount",
  "ConfigMap",
  "Service",
  "Deployment",
  "Rollout",
  "AnalysisTemplate",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "NetworkPolicy",
];

const WITH_CANARY = environments.filter(({ delivery }) => delivery.canary.enabled).map(({ name }) => name);

const pathOf = ({ path }: Difference) => path.map((key) => key.replaceAll("/", "~")).join("/");

/** Where one kind of object differs in what it must not. */
function unequal(kind: string, left: readonly Manifest[], right: readonly Manifest[]): readonly string[] {
  const [ours, theirs] = [left, right].map((manifests) => inOrder(manifests, kind));
  return differences(ours, theirs)
    .map(({ path: [, ...path], ...values }) => ({ ...values, path }))
    .filter((each) => !ALLOWED.some(({ path, differs }) => path === pathOf(each) && differs(each)))
    .map((each) => `${kind} ${pathOf(each)}: ${JSON.stringify(each.left)}, ${JSON.stringify(each.right)}`);
}

/** The objects of a kind in the order of their names, without the hash that Kustomize adds. */
function inOrder(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  const own = ({ metadata: { name } }: Manifest) => name.replace(/-[a-z0-9]{10}$/, "");
  return manifests
    .filter((each) => each.kind === kind)
    .sort((one, other) => own(one).localeCompare(own(other)));
}

describe.each(ENVIRONMENTS)("%s", (environment) => {
  let fromOverlay: readonly Manifest[];
  let fromChart: readonly Manifest[];

  beforeAll(async () => {
    [fromOverlay, fromChart] = await Promise.all([appOverlay(environment), chart({ environment })]);
  });

  test.each(KINDS)("chart and overlay give the same %s", (kind) => {
    expect(unequal(kind, fromOverlay, fromChart)).toEqual([]);
  });

  test("the overlay has the namespace beside them, and nothing else", () => {
    const kinds = fromChart.map(({ kind }) => kind);
    expect(kinds.filter((kind) => !KINDS.includes(kind))).toEqual([]);
    expect(fromOverlay.map(({ kind }) => kind).sort()).toEqual([...kinds, "Namespace"].sort());
  });

  test("a Rollout runs the pods where the environment has a canary, and a Deployment where not", () => {
    const canary = WITH_CANARY.includes(environment);
    for (const manifests of [fromOverlay, fromChart]) {
      expect(workload(manifests).kind).toBe(canary ? "Rollout" : "Deployment");
      expect(inOrder(manifests, "Service")).toHaveLength(canary ? 3 : 1);
    }
  });

  test("without the HPA they begin with the same number of pods", async () => {
    const fixed = await chart({ environment, values: { autoscaling: { enabled: false } } });
    expect(at(workload(fixed), "spec.replicas")).toBe(at(workload(fromOverlay), "spec.replicas"));
  });
});

describe("planted: found is", () => {
  let fromOverlay: readonly Manifest[];

  beforeAll(async () => {
    fromOverlay = await appOverlay("staging");
  });

  test.each([
    [{ config: { LOG_LEVEL: "debug" } }, "ConfigMap", 'ConfigMap data/LOG_LEVEL: "info", "debug"'],
    [{ image: { tag: "0.1.1" } }, "Deployment", "Deployment spec/template/spec/containers/0/image: "],
    [
      { resources: { limits: { memory: "600Mi" } } },
      "Deployment",
      'Deployment spec/template/spec/containers/0/resources/limits/memory: "512Mi", "600Mi"',
    ],
    [{ autoscaling: { minReplicas: 3 } }, "HorizontalPodAutoscaler", "spec/minReplicas: 2, 3"],
    [{ podLabels: { team: "a" } }, "Deployment", 'spec/template/metadata/labels/team: undefined, "a"'],
    [
      { networkPolicy: { ingressNamespaces: ["monitoring"] } },
      "NetworkPolicy",
      "NetworkPolicy spec/ingress/0/",
    ],
    [{ replicaCount: 5, autoscaling: { enabled: false } }, "Deployment", "Deployment spec/replicas: 2, 5"],
  ])("the value %j in the chart alone", async (values, kind, found) => {
    const different = await chart({ environment: "staging", values });
    expect(unequal(kind, fromOverlay, different)).toEqual(
      expect.arrayContaining([expect.stringContaining(found)]),
    );
  });

  test.each([
    [
      { canary: { steps: [{ weight: 20, checks: 20, seconds: 40, maxErrors: 10 }] } },
      "Rollout",
      "setWeight: 10, 20",
    ],
    [
      { canary: { steps: [{ weight: 10, checks: 30, seconds: 60, maxErrors: 10 }] } },
      "AnalysisTemplate",
      "failureLimit: 2, 3",
    ],
    [{ canary: { controllerNamespace: "other" } }, "NetworkPolicy", '"argo-rollouts", "other"'],
    [{ service: { port: 81 } }, "Service", "Service spec/ports/0/port: 80, 81"],
  ])("the value %j of a canary in the chart alone", async (values, kind, found) => {
    const different = await chart({ environment: "prod", values });
    expect(unequal(kind, await appOverlay("prod"), different)).toEqual(
      expect.arrayContaining([expect.stringContaining(found)]),
    );
  });

  test("a ConfigMap of another name", async () => {
    const renamed = fromOverlay.map((each) =>
      each.kind === "ConfigMap" ? changed(each, "metadata.name", "staging-other-1234567890") : each,
    );
    expect(unequal("ConfigMap", renamed, await chart({ environment: "staging" }))).toHaveLength(1);
  });
});
