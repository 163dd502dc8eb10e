import { rmSync } from "node:fs";
import { toolPath } from "../../local/cluster/tools";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { type Cluster, startCluster } from "../cluster";
import { describeControlPlane } from "../local/cluster/control-plane";
import type { Run } from "../program";
import { temporaryFolder } from "../temporary-folder";
import { until } from "../until";
import { areEstablished, at, changed, type Json, type Manifest, only, parse } from "./manifest";
import { CHART, chart, chartYaml, ENVIRONMENTS, overlay, overlayYaml, succeed, tool } from "./render";
import { type OpenApi, SCHEMA_LOCATION, writeSchemas } from "./served-schemas";

/** All that the chart can make, beside its defaults. */
const EVERYTHING = {
  canary: { enabled: true },
  ingress: {
    enabled: true,
    className: "alb",
    hosts: [{ host: "api.example.com", paths: [{ path: "/" }] }],
    tls: [{ secretName: "api-tls", hosts: ["api.example.com"] }],
  },
  serviceAccount: {
    annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/groundplan-dev-api" },
  },
  networkPolicy: { podIdentityAgent: true },
  env: [{ name: "LIMIT", value: "10000000" }],
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
  ],
};

/** Those whose pods need no controller of Rollouts; test/delivery runs the others. */
const WITHOUT_CANARY = environments
  .filter(({ delivery }) => !delivery.canary.enabled)
  .map(({ name }) => name);

/** The environments with least and with most turned on, whatever the platform calls them. */
const [FIRST, LAST] = [ENVIRONMENTS[0] ?? "", ENVIRONMENTS.at(-1) ?? ""];

/** The namespace of an environment. */
const namespaceOf = (environment: string) => `${platform.name}-${environment}`;

/** The last of those that need no controller of Rollouts. */
const PLAIN = WITHOUT_CANARY.at(-1) ?? "";

/** What makes the pods of the last environment. */
const WORKLOAD = WITHOUT_CANARY.includes(LAST) ? "Deployment" : "Rollout";

let cluster: Cluster;
let first: readonly Manifest[];
let last: readonly Manifest[];

beforeAll(async () => {
  [cluster, first, last] = await Promise.all([startCluster(), overlay(FIRST), overlay(LAST)]);
  await cluster.succeed(["apply", "--server-side", `--filename=${toolPath("rollouts-crds.yaml")}`]);
  await until(() => get("crd"), areEstablished);
  await namespace("helm");
  expect(await helmUpgrade()).toContain(`rollout status deployment/${PLAIN}-app`);
});

afterAll(async () => {
  await cluster?.stop();
});

const APPLY = ["apply", "--server-side", "--validate=strict", "--filename=-"];

const apply = (input: string) => cluster.succeed(APPLY, { input });
const get = async (...what: readonly string[]): Promise<Json> =>
  JSON.parse(await cluster.succeed(["get", ...what, "--output=json"]));

/** A namespace that admits what those of the overlays admit. */
async function namespace(name: string): Promise<void> {
  const labels = only(first, "Namespace").metadata.labels ?? {};
  await apply(JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }));
}

/** Installs the chart by Helm as an environment without a canary, or upgrades it. */
function helmUpgrade(...flags: readonly string[]): Promise<string> {
  const own = [
    "--namespace=helm",
    "--kubeconfig",
    cluster.kubeconfig,
    "--values",
    `${CHART}/values-${PLAIN}.yaml`,
  ];
  return succeed(tool("helm", ["upgrade", "--install", PLAIN, CHART, ...own, ...flags]));
}

/** Asks the Eviction API to let a pod go. */
async function evict(inNamespace: string): Promise<Run> {
  const name = String(at(await get("pods", "--namespace", inNamespace), "items.0.metadata.name"));
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace: inNamespace } };
  const path = `/api/v1/namespaces/${inNamespace}/pods/${name}/eviction`;
  return cluster.kubectl(["create", "--raw", path, "--filename=-"], { input: JSON.stringify(eviction) });
}

const waitFor = (inNamespace: string, what: string, condition: string) =>
  cluster.succeed(["wait", "--namespace", inNamespace, what, `--for=${condition}`, "--timeout=600s"]);

describe.each(ENVIRONMENTS)("the overlay %s", (environment) => {
  test("is taken whole", async () => {
    const said = await apply(await overlayYaml(environment));
    expect(said).toContain(`networkpolicy.networking.k8s.io/${environment}-app serverside-applied`);
    expect(said).toContain(`poddisruptionbudget.policy/${environment}-app serverside-applied`);
  });
});

describe.each(WITHOUT_CANARY)("the overlay %s", (environment) => {
  const own = ["--namespace", namespaceOf(environment)];

  test("has pods that become ready", async () => {
    await cluster.succeed(["rollout", "status", ...own, `deployment/${environment}-app`, "--timeout=600s"]);
  });

  test("has an HPA and a budget that agree: a pod can be evicted", async () => {
    await waitFor(
      namespaceOf(environment),
      `pdb/${environment}-app`,
      "jsonpath={.status.disruptionsAllowed}=1",
    );
    const budget = await get("pdb", ...own, `${environment}-app`);
    const hpa = await get("hpa", ...own, `${environment}-app`);
    expect(at(budget, "status.expectedPods")).toBe(at(hpa, "spec.minReplicas"));
    expect((await evict(namespaceOf(environment))).output).toContain('"status":"Success"');
  });
});

test("a node is drained, and its pods come back elsewhere", async () => {
  const node = String(at(await get("nodes"), "items.0.metadata.name"));
  const drained = await cluster.succeed(["drain", node, "--delete-emptydir-data", "--timeout=600s"]);
  expect(drained).toContain(`node/${node} drained`);
  await cluster.succeed(["uncordon", node]);
  for (const environment of WITHOUT_CANARY) {
    const own = ["--namespace", namespaceOf(environment), `deployment/${environment}-app`];
    await cluster.succeed(["rollout", "status", ...own, "--timeout=600s"]);
  }
});

test("planted: a budget that blocks every eviction is obeyed, so the eviction is refused", async () => {
  const spec = { spec: { maxUnavailable: null, minAvailable: 1 } };
  const own = ["--namespace", namespaceOf(FIRST), `pdb/${FIRST}-app`];
  await cluster.succeed(["patch", ...own, "--type=merge", `--patch=${JSON.stringify(spec)}`]);
  await waitFor(namespaceOf(FIRST), `pdb/${FIRST}-app`, "jsonpath={.status.disruptionsAllowed}=0");
  const { code, output } = await evict(namespaceOf(FIRST));
  expect(output).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
  expect(code).not.toBe(0);
});

describe("the namespace", () => {
  const pod = async (path?: string, value?: Json): Promise<Run> => {
    const whole = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "planted", namespace: namespaceOf(LAST) },
    };
    const plain: Manifest = {
      ...whole,
      spec: at(only(last, WORKLOAD), "spec.template.spec") ?? null,
    };
    const planted = path === undefined ? plain : changed(plain, path, value);
    return cluster.kubectl([...APPLY, "--dry-run=server"], { input: JSON.stringify(planted) });
  };

  test("admits our pods", async () => {
    expect((await pod()).output).toBe("pod/planted serverside-applied (server dry run)\n");
  });

  test.each([
    ["containers.0.securityContext", { privileged: true }, "privileged"],
    ["containers.0.securityContext.allowPrivilegeEscalation", true, "allowPrivilegeEscalation != false"],
    ["containers.0.securityContext.capabilities", { drop: [] }, "unrestricted capabilities"],
    ["securityContext.runAsNonRoot", false, "runAsNonRoot != true"],
    ["securityContext.seccompProfile", undefined, "seccompProfile"],
    ["hostNetwork", true, "host namespaces"],
    ["volumes.0", { name: "tmp", hostPath: { path: "/" } }, 'restricted volume type "hostPath"'],
  ] as const)("planted: refuses a pod with %s = %j", async (path, value, said) => {
    const { code, output } = await pod(`spec.${path}`, value);
    expect(output).toContain('violates PodSecurity "restricted:latest"');
    expect(output).toContain(said);
    expect(code).not.toBe(0);
  });
});

describe("the chart", () => {
  test.each([...ENVIRONMENTS, "everything"])("with the values of %s is taken", async (name) => {
    await namespace(`chart-${name}`);
    const environment = ENVIRONMENTS.find((each) => each === name);
    const values = environment === undefined ? EVERYTHING : {};
    const yaml = await chartYaml({
      namespace: `chart-${name}`,
      values,
      ...(environment === undefined ? {} : { environment }),
    });
    const said = await apply(yaml);
    expect(said.trim().split("\n")).toHaveLength({ prod: 12, everything: 13 }[name] ?? 7);
  });

  test("installed by Helm, the HPA says how many pods run, and an upgrade leaves it so", async () => {
    // The HPA's controller looks every 15 seconds; it was installed when the cluster started.
    const replicas = Number(at(only(await overlay(PLAIN), "HorizontalPodAutoscaler"), "spec.minReplicas"));
    const deployment = `deployment/${PLAIN}-app`;
    await waitFor("helm", deployment, `jsonpath={.status.readyReplicas}=${replicas}`);
    // As the HPA does under load.
    const more = replicas + 2;
    await cluster.succeed(["scale", "--namespace=helm", deployment, `--replicas=${more}`]);
    await helmUpgrade("--set=config.LOG_LEVEL=debug", "--wait");
    expect(at(await get("deployment", "--namespace=helm", `${PLAIN}-app`), "spec.replicas")).toBe(more);
    await waitFor("helm", deployment, `jsonpath={.status.updatedReplicas}=${more}`);
  });
});

test("planted: a field that the server does not know is refused", async () => {
  const deployment = changed(only(first, "Deployment"), "spec.strategy.maxSurge", 1);
  const { code, output } = await cluster.kubectl(APPLY, { input: JSON.stringify(deployment) });
  expect(output).toContain(".spec.strategy.maxSurge: field not declared in schema");
  expect(code).not.toBe(0);
});

describe("kubeconform, with the schemas of the served API,", () => {
  let folder: string;

  beforeAll(async () => {
    folder = temporaryFolder("schemas");
    const manifests = [...first, ...last, ...(await chart({ values: EVERYTHING }))];
    for (const version of new Set(manifests.map(({ apiVersion }) => apiVersion))) {
      const path = version.includes("/") ? `apis/${version}` : `api/${version}`;
      const document: OpenApi = JSON.parse(await cluster.succeed(["get", "--raw", `/openapi/v3/${path}`]));
      expect(writeSchemas(folder, document)).toBeGreaterThan(0);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const conform = (input: string) =>
    tool("kubeconform", ["-strict", "-summary", `-schema-location=${folder}/${SCHEMA_LOCATION}`], { input });

  test("finds all manifests valid", async () => {
    const yaml = await Promise.all([
      ...ENVIRONMENTS.map((environment) => overlayYaml(environment)),
      ...ENVIRONMENTS.map((environment) => chartYaml({ environment })),
      chartYaml({ values: EVERYTHING }),
    ]);
    const { code, output } = await conform(yaml.join("\n---\n"));
    const count = parse(yaml.join("\n---\n")).length;
    expect(count).toBeGreaterThan(ENVIRONMENTS.length);
    expect(output).toContain(
      `Summary: ${count} resources found parsing stdin - Valid: ${count}, Invalid: 0, Errors: 0, Skipped: 0`,
    );
    expect(code).toBe(0);
  });

  test.each([
    ["Rollout", "spec.strategy.canary.steps.0.setWeight", "10", "got string, want integer"],
    ["Rollout", "spec.strategy.rollingUpdate", {}, "additional properties 'rollingUpdate' not allowed"],
    ["Deployment", "spec.replica", 1, "additional properties 'replica' not allowed"],
    ["Deployment", "spec.replicas", "3", "got string, want integer"],
    ["Deployment", "spec.selector", undefined, "missing property 'selector'"],
    ["Deployment", "spec.template.spec.containers.0.imagePullPolicy", "Sometimes", "imagePullPolicy"],
    ["NetworkPolicy", "spec.egress.0.ports.0.protocol", 53, "got number, want string"],
    ["PodDisruptionBudget", "spec.maxUnavailable", true, "maxUnavailable"],
    ["HorizontalPodAutoscaler", "apiVersion", "autoscaling/v2beta2", "could not find schema"],
  ])("planted: finds %s with %s = %j", async (kind, path, value, said) => {
    const planted = changed(only(kind === "Rollout" ? last : first, kind), path, value);
    const { code, output } = await conform(JSON.stringify(planted));
    expect(output).toContain(said);
    expect(code).not.toBe(0);
  });
});

// On this cluster, whose start costs more than what is asked of it.
describeControlPlane(() => cluster);
