import { at, list, type Manifest, only } from "../manifests/manifest";
import { chart, chartYaml } from "../manifests/render";
import { faults } from "../manifests/rules";

const POD = "spec.template.spec";
const CONTAINER = `${POD}.containers.0`;

const has = (manifests: readonly Manifest[], kind: string) => manifests.some((each) => each.kind === kind);

test("its defaults keep every rule but the sync waves, which are off", async () => {
  const manifests = await chart();
  expect(faults(manifests)).toEqual(manifests.map(() => expect.stringContaining("is not in sync wave")));
  expect(has(manifests, "Ingress")).toBe(false);
  expect(at(only(manifests, "Deployment"), "spec")).not.toHaveProperty("replicas");
});

test("with all that it offers every rule is kept, and it is an Ingress in wave 10", async () => {
  const manifests = await chart({
    values: {
      argocd: { syncWaves: true },
      service: { annotations: { team: "a" } },
      ingress: {
        enabled: true,
        className: "alb",
        annotations: { "cert-manager.io/cluster-issuer": "letsencrypt" },
        hosts: [{ host: "api.example.com", paths: [{ path: "/" }, { path: "/v1", pathType: "Exact" }] }],
        tls: [{ secretName: "api-tls", hosts: ["api.example.com"] }],
      },
    },
  });
  expect(faults(manifests)).toEqual([]);
  const ingress = only(manifests, "Ingress");
  const backend = { service: { name: "demo-app", port: { name: "http" } } };
  expect(ingress.spec).toEqual({
    ingressClassName: "alb",
    tls: [{ secretName: "api-tls", hosts: ["api.example.com"] }],
    rules: [
      {
        host: "api.example.com",
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend },
            { path: "/v1", pathType: "Exact", backend },
          ],
        },
      },
    ],
  });
  expect(ingress.metadata.annotations).toEqual({
    "argocd.argoproj.io/sync-wave": "10",
    "cert-manager.io/cluster-issuer": "letsencrypt",
  });
});

test("IRSA: the role is the service account's annotation", async () => {
  const role = "arn:aws:iam::123456789012:role/groundplan-dev-api";
  const annotations = { "eks.amazonaws.com/role-arn": role };
  const manifests = await chart({ values: { serviceAccount: { annotations } } });
  expect(only(manifests, "ServiceAccount").metadata.annotations).toEqual(annotations);
  expect(at(only(manifests, "Deployment"), `${POD}.serviceAccountName`)).toBe("demo-app");
});

test("a service account that exists is used, and none is made", async () => {
  const manifests = await chart({ values: { serviceAccount: { create: false, name: "shared" } } });
  expect(has(manifests, "ServiceAccount")).toBe(false);
  expect(at(only(manifests, "Deployment"), `${POD}.serviceAccountName`)).toBe("shared");
});

test("Pod Identity: the way to its agent is opened", async () => {
  const manifests = await chart({ values: { networkPolicy: { podIdentityAgent: true } } });
  expect(list(only(manifests, "NetworkPolicy"), "spec.egress").at(-1)).toEqual({
    to: [{ ipBlock: { cidr: "169.254.170.23/32" } }, { ipBlock: { cidr: "fd00:ec2::23/128" } }],
    ports: [{ protocol: "TCP", port: 80 }],
  });
});

test("without HPA, budget and NetworkPolicy the Deployment says how many pods run", async () => {
  const off = { enabled: false };
  const manifests = await chart({
    values: { replicaCount: 4, autoscaling: off, podDisruptionBudget: off, networkPolicy: off },
  });
  expect(manifests.map(({ kind }) => kind).sort()).toEqual([
    "ConfigMap",
    "Deployment",
    "Service",
    "ServiceAccount",
  ]);
  expect(at(only(manifests, "Deployment"), "spec.replicas")).toBe(4);
});

test("no namespace that may call means nobody, and not everybody", async () => {
  const policy = { ingressNamespaces: [] };
  const closed = only(await chart({ values: { networkPolicy: policy } }), "NetworkPolicy");
  expect(at(closed, "spec.ingress")).toEqual([]);
  const extra = { from: [{ podSelector: { matchLabels: { role: "caller" } } }] };
  const some = await chart({ values: { networkPolicy: { ...policy, extraIngress: [extra] } } });
  expect(at(only(some, "NetworkPolicy"), "spec.ingress")).toEqual([extra]);
});

test("further variables, sources, and settings of the pod are added to those of the chart", async () => {
  const values = {
    env: [
      { name: "LIMIT", value: "10000000" },
      { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
    ],
    envFrom: [{ secretRef: { name: "more", optional: true } }],
    nodeSelector: { "kubernetes.io/arch": "arm64" },
    tolerations: [{ key: "spot", operator: "Exists" }],
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
    ],
    imagePullSecrets: [{ name: "registry" }],
    priorityClassName: "high",
    podLabels: { team: "a" },
    antiAffinity: false,
    metrics: { enabled: false },
  };
  const deployment = only(await chart({ values }), "Deployment");
  const names = list(deployment, `${CONTAINER}.env`).map((each) => at(each, "name"));
  expect(names).toEqual(["POD_NAME", "POD_NAMESPACE", "LIMIT", "PASSWORD"]);
  expect(list(deployment, `${CONTAINER}.env`).slice(2)).toEqual(values.env);
  expect(list(deployment, `${CONTAINER}.envFrom`)).toEqual([
    { configMapRef: { name: "demo-app" } },
    ...values.envFrom,
  ]);
  const { nodeSelector, tolerations, imagePullSecrets, priorityClassName } = values;
  const spec = at(deployment, POD);
  expect(spec).toMatchObject({ nodeSelector, tolerations, imagePullSecrets, priorityClassName });
  expect(spec).not.toHaveProperty("affinity");
  const selector = { matchLabels: at(deployment, "spec.selector.matchLabels") };
  expect(at(deployment, `${POD}.topologySpreadConstraints`)).toEqual([
    { ...values.topologySpreadConstraints[0], labelSelector: selector },
  ]);
  expect(at(deployment, "spec.template.metadata.labels.team")).toBe("a");
  expect(Object.keys(at(deployment, "spec.template.metadata.annotations") ?? {})).toEqual([
    "checksum/config",
  ]);
});

test("what looks like a number or a boolean stays a string", async () => {
  const manifests = await chart({
    release: "1e3",
    values: {
      nameOverride: "yes",
      image: { tag: "20260101" },
      config: { OFF: "off", NUMBER: "1e3", EMPTY: "", QUOTED: 'a "b" \\ {{ c }}', LINES: "a\nb: c" },
      podAnnotations: { enabled: "true", port: "8080" },
      podLabels: { version: "1.10" },
    },
  });
  const deployment = only(manifests, "Deployment");
  expect(deployment.metadata.name).toBe("1e3-yes");
  expect(at(deployment, `${CONTAINER}.name`)).toBe("yes");
  expect(at(deployment, `${CONTAINER}.image`)).toMatch(/:20260101$/);
  expect(only(manifests, "ConfigMap").data).toEqual({
    OFF: "off",
    NUMBER: "1e3",
    EMPTY: "",
    QUOTED: 'a "b" \\ {{ c }}',
    LINES: "a\nb: c",
    LOG_LEVEL: "info",
    PORT: "8080",
  });
  const texts = manifests.flatMap(({ metadata }) => [
    metadata.name,
    metadata.namespace,
    ...Object.values(metadata.labels ?? {}),
  ]);
  expect(texts.filter((text) => typeof text !== "string")).toEqual([]);
  expect(at(deployment, "spec.template.metadata.labels")).toMatchObject({ version: "1.10" });
});

test("large ids are written in full", async () => {
  const ids = { runAsUser: 1000650000, runAsGroup: 1000650000, fsGroup: 1000650000 };
  expect(await chartYaml({ values: { podSecurity: ids } })).toContain("runAsUser: 1000650000\n");
});

test("a digest takes the tag's place", async () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const manifests = await chart({ values: { image: { tag: "1.0.0", digest } } });
  expect(at(only(manifests, "Deployment"), `${CONTAINER}.image`)).toMatch(new RegExp(`/app@${digest}$`));
});

test("names that are too long are cut, and never meet", async () => {
  // GIVEN two releases whose names differ at the end alone: 53 characters are the most that Helm takes
  const release = "r".repeat(52);
  const [a, b] = await Promise.all(
    ["a", "b"].map((end) => chart({ release: release + end, values: { nameOverride: "worker-of-orders" } })),
  );
  // THEN
  const [first = "", second = ""] = [a, b].map((each) => only(each ?? [], "Deployment").metadata.name);
  expect(first).toMatch(/^r{52}a-[0-9a-f]{8}$/);
  expect(first.length).toBeLessThanOrEqual(63);
  expect(first).not.toBe(second);
  expect(faults(a ?? []).filter((fault) => !fault.includes("sync wave"))).toEqual([]);
});

test("a full name of 63 characters is taken as it stands", async () => {
  const fullnameOverride = "n".repeat(63);
  const names = (await chart({ values: { fullnameOverride } })).map(({ metadata }) => metadata.name);
  expect(new Set(names)).toEqual(new Set([fullnameOverride]));
});

test("a changed value of the ConfigMap rolls the pods out, another value does not", async () => {
  const checksum = async (values: object) =>
    at(only(await chart({ values }), "Deployment"), "spec.template.metadata.annotations.checksum/config");
  const [before, config, port, other] = await Promise.all([
    checksum({}),
    checksum({ config: { LOG_LEVEL: "debug" } }),
    checksum({ containerPort: 9090 }),
    checksum({ service: { port: 81 } }),
  ]);
  expect(config).not.toBe(before);
  expect(port).not.toBe(before);
  expect(other).toBe(before);
});

test("the port is the same wherever it is written", async () => {
  const manifests = await chart({ values: { containerPort: 9090 } });
  const deployment = only(manifests, "Deployment");
  expect(at(only(manifests, "ConfigMap"), "data.PORT")).toBe("9090");
  expect(at(deployment, `${CONTAINER}.ports.0.containerPort`)).toBe(9090);
  expect(at(deployment, "spec.template.metadata.annotations")).toMatchObject({
    "prometheus.io/port": "9090",
  });
  expect(at(only(manifests, "NetworkPolicy"), "spec.ingress.0.ports.0.port")).toBe(9090);
});
