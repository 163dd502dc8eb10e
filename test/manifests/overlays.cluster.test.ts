import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platform } from "../../platform";
import { temporaryFolder } from "../temporary-folder";
import { at, changed, type Json, list, type Manifest, only, parse, workload } from "./manifest";
import { ENVIRONMENTS, OVERLAYS, overlay, overlayYaml, ROOT, tool } from "./render";
import { faults } from "./rules";

let dev: readonly Manifest[];
let staging: readonly Manifest[];
let prod: readonly Manifest[];

beforeAll(async () => {
  [dev, staging, prod] = await Promise.all([overlay("dev"), overlay("staging"), overlay("prod")]);
});

const manifestsOf = (environment: "dev" | "staging" | "prod") => ({ dev, staging, prod })[environment];

test.each(ENVIRONMENTS)("what %s deploys keeps every rule", async (environment) => {
  expect(faults(await overlay(environment))).toEqual([]);
});

test.each([
  ["dev", 1, 3, "debug", "50m"],
  ["staging", 2, 6, "info", "100m"],
  ["prod", 3, 10, "warn", "250m"],
] as const)("%s has %i to %i pods that log at %s %s", (environment, replicas, most, level, cpu) => {
  const manifests = manifestsOf(environment);
  const deployment = workload(manifests);
  const hpa = only(manifests, "HorizontalPodAutoscaler");
  expect(deployment.metadata).toMatchObject({
    name: `${environment}-app`,
    namespace: `${platform.name}-${environment}`,
  });
  expect(at(deployment, "spec.replicas")).toBe(replicas);
  expect(at(deployment, "spec.template.spec.containers.0.resources.requests.cpu")).toBe(cpu);
  expect([at(hpa, "spec.minReplicas"), at(hpa, "spec.maxReplicas")]).toEqual([replicas, most]);
  expect(manifests.find(({ kind, data }) => kind === "ConfigMap" && at(data, "PORT"))?.data).toEqual({
    APP_ENV: environment,
    LOG_LEVEL: level,
    PORT: "8080",
  });
});

test("the namespace is the environment's, and lets in restricted pods only", () => {
  const { metadata } = only(prod, "Namespace");
  expect(metadata.name).toBe(`${platform.name}-prod`);
  for (const mode of ["enforce", "audit", "warn"]) {
    expect(metadata.labels?.[`pod-security.kubernetes.io/${mode}`]).toBe("restricted");
  }
  expect(metadata.annotations?.["argocd.argoproj.io/sync-options"]).toBe("Prune=false");
});

describe("Argo CD's project", () => {
  const project = parse(readFileSync(join(ROOT, "argocd", "projects", `${platform.name}.yaml`), "utf8")).at(
    0,
  );

  /** Objects that Argo CD would refuse to apply. */
  const outside = (manifests: readonly Manifest[]) => {
    const namespaces = list(project, "spec.destinations").map((each) => at(each, "namespace"));
    const kinds = list(project, "spec.clusterResourceWhitelist").map((each) => at(each, "kind"));
    return manifests
      .filter(({ kind, metadata: { namespace } }) =>
        namespace === undefined ? !kinds.includes(kind) : !namespaces.includes(namespace),
      )
      .map(({ kind }) => kind);
  };

  test.each(ENVIRONMENTS)("allows all that %s deploys", async (environment) => {
    expect(outside(await overlay(environment))).toEqual([]);
  });

  test("planted: an object of another namespace or of the cluster is found", () => {
    const planted = staging.map((each) =>
      each.kind === "Service" || each.kind === "ConfigMap"
        ? changed(each, "metadata.namespace", each.kind === "Service" ? undefined : "kube-system")
        : each,
    );
    expect(outside(planted).sort()).toEqual(["ConfigMap", "Service"]);
  });
});

test("a roll-out takes no pod away before another is ready, and probes as often as it should", () => {
  const surge = { maxSurge: 1, maxUnavailable: 0 };
  expect(at(only(staging, "Deployment"), "spec.strategy.rollingUpdate")).toEqual(surge);
  const deployment = only(prod, "Rollout");
  expect(at(deployment, "spec.strategy.canary")).toMatchObject(surge);
  const container = at(deployment, "spec.template.spec.containers.0");
  const probe = (kind: string, ...keys: readonly string[]) =>
    keys.map((key) => at(container, `${kind}Probe.${key}`));
  expect(probe("startup", "httpGet.path", "failureThreshold")).toEqual(["/health", 30]);
  expect(probe("liveness", "httpGet.path", "periodSeconds")).toEqual(["/health", 20]);
  expect(probe("readiness", "httpGet.path", "periodSeconds")).toEqual(["/ready", 10]);
  expect(at(deployment, "spec.template.metadata.annotations")).toEqual({
    "prometheus.io/scrape": "true",
    "prometheus.io/port": "8080",
    "prometheus.io/path": "/metrics",
  });
});

test("the HPA goes up within a minute and down slowly", () => {
  expect(at(only(prod, "HorizontalPodAutoscaler"), "spec.behavior")).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 60,
      policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
    },
    scaleDown: {
      stabilizationWindowSeconds: 300,
      policies: [{ type: "Percent", value: 25, periodSeconds: 120 }],
    },
  });
});

test("only the ingress, the monitoring and what judges a canary get in; only DNS and HTTPS go out", () => {
  const namespace = (name: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  });
  const policy = only(prod, "NetworkPolicy");
  expect(at(policy, "spec.ingress")).toEqual([
    {
      from: [
        ...["ingress-nginx", "monitoring", "argo-rollouts"].map(namespace),
        {
          podSelector: {
            matchLabels: { "app.kubernetes.io/name": "app-analysis", "app.kubernetes.io/instance": "prod" },
          },
        },
      ],
      ports: [{ protocol: "TCP", port: 8080 }],
    },
  ]);
  expect(at(policy, "spec.egress")).toEqual([
    {
      to: [namespace("kube-system")],
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    },
    { ports: [{ protocol: "TCP", port: 443 }] },
  ]);
});

const CONTAINER = "spec.template.spec.containers.0";
const PLANTED: readonly (readonly [kind: string, path: string, value: Json | undefined, fault: string])[] = [
  ["Rollout", `${CONTAINER}.image`, "app", "runs app, which is no fixed image"],
  ["Rollout", `${CONTAINER}.resources.limits.memory`, undefined, "has no limits.memory"],
  ["Rollout", `${CONTAINER}.securityContext.readOnlyRootFilesystem`, false, "readOnlyRootFilesystem"],
  ["Rollout", "spec.template.spec.securityContext.runAsUser", 0, "has not runAsUser: 1000"],
  ["Rollout", "spec.template.spec.serviceAccountName", "default", "runs as default"],
  ["Rollout", "spec.replicas", 2, "has 2 replicas, and its HPA begins at 3"],
  ["ConfigMap", "metadata.name", "prod-app", "reads ConfigMap prod-app-"],
  ["Service", "spec.ports.0.targetPort", 8081, "leads to port 8081, which no pod has"],
  ["Service", "metadata.annotations", {}, "Service/prod-app is not in sync wave 5"],
  ["PodDisruptionBudget", "spec.maxUnavailable", 0, "blocks every eviction while 3 of 3 pods run"],
  ["PodDisruptionBudget", "spec", { minAvailable: 3 }, "selects no Deployment and no Rollout"],
  ["HorizontalPodAutoscaler", "spec.maxReplicas", 2, "minReplicas 3 above maxReplicas 2"],
  [
    "HorizontalPodAutoscaler",
    "spec.scaleTargetRef.kind",
    "Deployment",
    "scales prod-app, which is not there",
  ],
  ["HorizontalPodAutoscaler", "spec.scaleTargetRef.name", "app", "scales app, which is not there"],
  ["NetworkPolicy", "spec.podSelector", { matchLabels: { a: "b" } }, "guards no pod"],
];

test.each(PLANTED)("planted: %s with %s = %j is found", (kind, path, value, fault) => {
  const planted = prod.map((each) => (each.kind === kind ? changed(each, path, value) : each));
  expect(faults(planted)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
});

describe("a change", () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder("overlays");
    cpSync(OVERLAYS, folder, { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const edit = (file: string, from: string, to: string) => {
    const text = readFileSync(join(folder, file), "utf8");
    expect(text).toContain(from);
    writeFileSync(join(folder, file), text.replace(from, to));
  };
  const configOf = (manifests: readonly Manifest[]) =>
    at(workload(manifests), `${CONTAINER}.envFrom.0.configMapRef.name`);

  test("of a value gives the ConfigMap another name, by which the pods are rolled out", async () => {
    edit("dev/kustomization.yaml", "value: debug", "value: trace");
    const after = await overlay("dev", folder);
    expect(faults(after)).toEqual([]);
    expect(configOf(after)).not.toBe(configOf(dev));
    expect(only(after, "ConfigMap").metadata.annotations?.["argocd.argoproj.io/sync-options"]).toBe(
      "PruneLast=true",
    );
    expect(await overlay("prod", folder)).toEqual(prod);
  });

  test("of the image by `kustomize edit set image` is a change of one line, and of nothing else", async () => {
    const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/app";
    const read = (overlays: string) => readFileSync(join(overlays, "dev", "kustomization.yaml"), "utf8");
    const args = ["edit", "set", "image", `app=${image}:20260101`];
    const { code, output } = await tool("kustomize", args, { cwd: join(folder, "dev") });
    expect([code, output]).toEqual([0, ""]);
    expect(read(folder)).toBe(read(OVERLAYS).replace("newTag: 0.1.0", 'newTag: "20260101"'));
    const built = await overlayYaml("dev", folder);
    expect(built).toBe((await overlayYaml("dev")).replace(`${image}:0.1.0`, `${image}:20260101`));
  });

  test("planted: an overlay without `images:` would run no fixed image", async () => {
    edit("dev/kustomization.yaml", "- name: app\n  newName", "- name: other\n  newName");
    expect(faults(await overlay("dev", folder))).toEqual([
      "Deployment/dev-app, container app, runs app, which is no fixed image",
    ]);
  });

  test("planted: a budget of one pod that must stay, and of one pod that runs, is found", async () => {
    edit("base/app/pdb.yaml", "maxUnavailable: 1", "minAvailable: 1");
    expect(faults(await overlay("dev", folder))).toEqual([
      "PodDisruptionBudget/dev-app blocks every eviction while 1 of 1 pods run",
    ]);
    expect(faults(await overlay("prod", folder))).toEqual([]);
  });
});
