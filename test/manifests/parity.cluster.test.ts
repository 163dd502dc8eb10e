import { type Difference, differences } from "./differences";
import { at, changed, type Manifest, only } from "./manifest";
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
    why: "the same name, where the Deployment uses it",
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

const KINDS = [
  "ServiceAccount",
  "ConfigMap",
  "Service",
  "Deployment",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "NetworkPolicy",
];

const pathOf = ({ path }: Difference) => path.map((key) => key.replaceAll("/", "~")).join("/");

/** Where one kind of object differs in what it must not. */
function unequal(kind: string, left: readonly Manifest[], right: readonly Manifest[]): readonly string[] {
  return differences(only(left, kind), only(right, kind))
    .filter((each) => !ALLOWED.some(({ path, differs }) => path === pathOf(each) && differs(each)))
    .map((each) => `${kind} ${pathOf(each)}: ${JSON.stringify(each.left)}, ${JSON.stringify(each.right)}`);
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
    expect(fromChart.map(({ kind }) => kind).sort()).toEqual([...KINDS].sort());
    expect(fromOverlay.map(({ kind }) => kind).sort()).toEqual([...KINDS, "Namespace"].sort());
  });

  test("without the HPA they begin with the same number of pods", async () => {
    const fixed = await chart({ environment, values: { autoscaling: { enabled: false } } });
    expect(at(only(fixed, "Deployment"), "spec.replicas")).toBe(
      at(only(fromOverlay, "Deployment"), "spec.replicas"),
    );
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

  test("a ConfigMap of another name", async () => {
    const renamed = fromOverlay.map((each) =>
      each.kind === "ConfigMap" ? changed(each, "metadata.name", "staging-other-1234567890") : each,
    );
    expect(unequal("ConfigMap", renamed, await chart({ environment: "staging" }))).toHaveLength(1);
  });
});
