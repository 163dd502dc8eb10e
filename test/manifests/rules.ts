import { at, type Json, list, type Manifest } from "./manifest";

/** What one rule finds wrong; empty when it is kept. */
export type Rule = (manifests: readonly Manifest[]) => readonly string[];

const POD = "spec.template.spec";

/** A budget lets at least one pod of its Deployment go while only as many run as the HPA's minimum. */
export const evictable: Rule = (manifests) =>
  ofKind(manifests, "PodDisruptionBudget").flatMap((budget) => {
    const guarded = workloads(manifests).filter((each) =>
      selects(at(budget, "spec.selector.matchLabels"), each),
    );
    if (guarded.length === 0) return [`${idOf(budget)} selects no Deployment and no Rollout`];
    return guarded
      .map((deployment) => leastPods(deployment, manifests))
      .filter((pods) => disruptionsAllowed(budget, pods) === 0)
      .map((pods) => `${idOf(budget)} blocks every eviction while ${pods} of ${pods} pods run`);
  });

/** Pods that a budget lets go while all of them are healthy; Kubernetes rounds both percentages up. */
export function disruptionsAllowed(budget: Manifest, pods: number): number {
  const min = at(budget, "spec.minAvailable");
  const max = at(budget, "spec.maxUnavailable");
  if (min === undefined && max === undefined) return 0;
  return Math.max(0, Math.min(pods, min === undefined ? portion(max, pods) : pods - portion(min, pods)));
}

function portion(value: Json | undefined, of: number): number {
  return typeof value === "string" && value.endsWith("%")
    ? Math.ceil((Number.parseInt(value, 10) * of) / 100)
    : Number(value);
}

/** Where the Deployment begins is where the HPA may go down to. */
export const scaled: Rule = (manifests) =>
  ofKind(manifests, "HorizontalPodAutoscaler").flatMap((hpa) => {
    const deployment = workloads(manifests).find((each) => scales(hpa, each));
    if (deployment === undefined)
      return [`${idOf(hpa)} scales ${at(hpa, "spec.scaleTargetRef.name")}, which is not there`];
    const replicas = at(deployment, "spec.replicas");
    const [min, max] = [Number(at(hpa, "spec.minReplicas")), Number(at(hpa, "spec.maxReplicas"))];
    return [
      ...(replicas === undefined || replicas === min
        ? []
        : [`${idOf(deployment)} has ${replicas} replicas, and its HPA begins at ${min}`]),
      ...(min <= max ? [] : [`${idOf(hpa)} has minReplicas ${min} above maxReplicas ${max}`]),
    ];
  });

/** Every image has a tag or a digest, and never the tag that means whatever was pushed last. */
export const pinned: Rule = (manifests) =>
  containers(manifests).flatMap(([where, container]) => {
    const image = String(at(container, "image"));
    const good = (image.includes("@") ? /@sha256:[0-9a-f]{64}$/ : /:(?!latest$)\w[\w.-]*$/).test(image);
    return good ? [] : [`${where} runs ${image}, which is no fixed image`];
  });

/** Every container says what it needs and what it may take at most. */
export const bounded: Rule = (manifests) =>
  containers(manifests).flatMap(([where, container]) =>
    ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]
      .filter((key) => typeof at(container, `resources.${key}`) !== "string")
      .map((key) => `${where} has no ${key}`),
  );

const POD_SECURITY: Readonly<Record<string, Json>> = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 1000,
  fsGroup: 1000,
  "seccompProfile.type": "RuntimeDefault",
};

const CONTAINER_SECURITY: Readonly<Record<string, Json>> = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  "capabilities.drop.0": "ALL",
};

/** The restricted Pod Security Standard, and a root file system that nothing can be written to. */
export const restricted: Rule = (manifests) => {
  const missing = (where: string, context: Json | undefined, wanted: Readonly<Record<string, Json>>) =>
    Object.entries(wanted)
      .filter(([path, value]) => at(context, path) !== value)
      .map(([path, value]) => `${where} has not ${path}: ${value}`);
  return [
    ...pods(manifests).flatMap(([where, pod]) => missing(where, at(pod, "securityContext"), POD_SECURITY)),
    ...containers(manifests).flatMap(([where, container]) =>
      missing(where, at(container, "securityContext"), CONTAINER_SECURITY),
    ),
  ];
};

/** What an object names is there too: ConfigMaps, service accounts, ports, and the pods of a selector. */
export const connected: Rule = (manifests) => {
  const absent = (kind: string, name: Json | undefined) =>
    !ofKind(manifests, kind).some((each) => each.metadata.name === name);
  return [
    ...workloads(manifests).flatMap((deployment) => {
      const account = at(deployment, `${POD}.serviceAccountName`);
      return absent("ServiceAccount", account) ? [`${idOf(deployment)} runs as ${account}`] : [];
    }),
    ...containers(manifests).flatMap(([where, container]) =>
      list(container, "envFrom")
        .map((source) => at(source, "configMapRef.name"))
        .filter((name) => name !== undefined && absent("ConfigMap", name))
        .map((name) => `${where} reads ConfigMap ${name}`),
    ),
    ...ofKind(manifests, "Service").flatMap((service) => {
      const behind = workloads(manifests).filter((each) => selects(at(service, "spec.selector"), each));
      const ports = containers(behind).flatMap(([, container]) =>
        list(container, "ports").map((port) => at(port, "name")),
      );
      return list(service, "spec.ports")
        .map((port) => at(port, "targetPort"))
        .filter((port) => port === undefined || !ports.includes(port))
        .map((port) => `${idOf(service)} leads to port ${port}, which no pod has`);
    }),
    ...ofKind(manifests, "NetworkPolicy")
      .filter(
        (policy) =>
          !workloads(manifests).some((each) => selects(at(policy, "spec.podSelector.matchLabels"), each)),
      )
      .map((policy) => `${idOf(policy)} guards no pod`),
  ];
};

/** Where an object of a kind says which pods it takes. */
export const SELECTORS: Readonly<Record<string, string>> = {
  Deployment: "spec.selector.matchLabels",
  Rollout: "spec.selector.matchLabels",
  Service: "spec.selector",
  PodDisruptionBudget: "spec.selector.matchLabels",
  NetworkPolicy: "spec.podSelector.matchLabels",
};

/** A Deployment selects its own pods, else the API refuses it; and no object takes the pods of several apps. */
export const selective: Rule = (manifests) =>
  manifests.flatMap((each) => {
    const path = SELECTORS[each.kind];
    if (path === undefined) return [];
    const taken = workloads(manifests).filter((other) => selects(at(each, path), other));
    const own = WORKLOADS.includes(each.kind) && !taken.includes(each);
    return [
      ...(own ? [`${idOf(each)} does not select its own pods`] : []),
      ...(taken.length > 1 ? [`${idOf(each)} takes the pods of ${taken.map(idOf).join(" and ")}`] : []),
    ];
  });

/** A NetworkPolicy stands before the pods that it guards; the others follow the platform's order. */
const WAVES: Readonly<Record<string, string>> = {
  Namespace: "-1",
  ConfigMap: "0",
  ServiceAccount: "0",
  NetworkPolicy: "0",
  AnalysisTemplate: "0",
  Deployment: "5",
  Rollout: "5",
  Service: "5",
  Ingress: "10",
  HorizontalPodAutoscaler: "10",
  PodDisruptionBudget: "10",
};

/** Every object carries the sync wave of its kind. */
export const waved: Rule = (manifests) =>
  manifests
    .filter((each) => each.metadata.annotations?.["argocd.argoproj.io/sync-wave"] !== WAVES[each.kind])
    .map((each) => `${idOf(each)} is not in sync wave ${WAVES[each.kind]}`);

/** What any rule finds wrong. */
export const faults: Rule = (manifests) =>
  [evictable, scaled, pinned, bounded, restricted, connected, selective, waved].flatMap((rule) =>
    rule(manifests),
  );

function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** What runs pods. */
const WORKLOADS = ["Deployment", "Rollout"];

function workloads(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter(({ kind }) => WORKLOADS.includes(kind));
}

function idOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

function scales(hpa: Manifest, { kind, metadata }: Manifest): boolean {
  return (
    at(hpa, "spec.scaleTargetRef.name") === metadata.name && at(hpa, "spec.scaleTargetRef.kind") === kind
  );
}

function leastPods(deployment: Manifest, manifests: readonly Manifest[]): number {
  const hpa = ofKind(manifests, "HorizontalPodAutoscaler").find((each) => scales(each, deployment));
  return Number(hpa === undefined ? (at(deployment, "spec.replicas") ?? 1) : at(hpa, "spec.minReplicas"));
}

/** Whether a selector takes the pods of a Deployment. */
function selects(selector: Json | undefined, deployment: Manifest): boolean {
  const labels = new Map(Object.entries(at(deployment, "spec.template.metadata.labels") ?? {}));
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels.get(key) === value);
}

function containers(manifests: readonly Manifest[]): readonly (readonly [where: string, container: Json])[] {
  return pods(manifests).flatMap(([where, pod]) =>
    list(pod, "containers").map(
      (container) => [`${where}, container ${at(container, "name")},`, container] as const,
    ),
  );
}

/** What is said of pods: by what runs the app, and by the Jobs of its analyses. */
function pods(manifests: readonly Manifest[]): readonly (readonly [where: string, pod: Json])[] {
  const jobs = ofKind(manifests, "AnalysisTemplate").flatMap((template) =>
    list(template, "spec.metrics").map(
      (metric) => [idOf(template), at(metric, "provider.job.spec.template.spec")] as const,
    ),
  );
  const all = [...workloads(manifests).map((each) => [idOf(each), at(each, POD)] as const), ...jobs];
  return all.flatMap(([where, pod]) => (pod === undefined ? [] : [[where, pod] as const]));
}
