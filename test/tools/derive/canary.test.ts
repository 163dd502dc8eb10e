import { parse, parseAllDocuments } from "yaml";
import { type DeliverySettings, deliveryDefaults } from "../../../overlays/settings/delivery";
import { canaryComponent, withCanary } from "../../../tools/derive/canary";

/** A Kustomize file of an environment, as `groundplan new environment` writes it. */
const OFF = `# What staging has.
resources:
- ../base

labels:
- includeSelectors: true

patches:
- patch: x
  target:
    kind: Deployment
    name: app
`;

const platform = { name: "acme" };

const delivery = (canary: Partial<DeliverySettings["canary"]>): DeliverySettings => ({
  ...deliveryDefaults,
  canary: { ...deliveryDefaults.canary, enabled: true, ...canary },
});

/** The files of an environment's component by their names. */
function component(name: string, settings: DeliverySettings): ReadonlyMap<string, string> {
  const files = canaryComponent({ name, delivery: settings }, platform, () => "ask();\n");
  return new Map(files.map(([path, text]) => [path.replace(`overlays/${name}/canary/`, ""), text]));
}

test("an environment without a canary has no component", () => {
  expect(component("dev", deliveryDefaults).size).toBe(0);
});

test("the component names what it reads, and every name is that of the environment's objects", () => {
  const files = component("qa", delivery({}));
  const { resources, configurations, patches } = parse(files.get("kustomization.yaml") ?? "");
  const named = [...resources, ...configurations, ...patches.map(({ path }: { path: string }) => path)];
  expect([...named, "kustomization.yaml"].sort()).toEqual([...files.keys()].sort());
  const { canary } = parse(files.get("rollout.yaml") ?? "")[2].value;
  expect([canary.stableService, canary.canaryService]).toEqual(["qa-app-stable", "qa-app-canary"]);
  const [analysis] = parseAllDocuments(files.get("analyses.yaml") ?? "").map((each) => each.toJS());
  expect(analysis.spec.metrics[0].provider.web.url).toBe("http://qa-app-canary.acme-qa.svc/health");
});

test("other steps give other weights and other analyses", () => {
  const steps = [{ weight: 25, checks: 8, seconds: 12, maxErrors: 30 }];
  const files = component("qa", delivery({ steps }));
  expect(parse(files.get("rollout.yaml") ?? "")[2].value.canary.steps).toEqual([
    { setWeight: 25 },
    { analysis: { templates: [{ templateName: "qa-app-canary-25" }] } },
  ]);
  expect(parse(files.get("analyses.yaml") ?? "")).toMatchObject({
    metadata: { name: "app-canary-25" },
    spec: {
      metrics: [
        { name: "health", count: 8, interval: "1500ms", failureLimit: 2, consecutiveErrorLimit: 2 },
        { name: "requests", count: 1, failureLimit: 0 },
      ],
    },
  });
});

test("the Job asks the path by the script of the ConfigMap, and without a path there is neither", () => {
  const files = component("qa", delivery({ path: "/version" }));
  const [first] = parseAllDocuments(files.get("analyses.yaml") ?? "").map((each) => each.toJS());
  const { template, activeDeadlineSeconds } = first.spec.metrics[1].provider.job.spec;
  expect(template.spec.containers[0]).toMatchObject({
    image: "app",
    command: ["node", "/analysis/analyze.cjs"],
    args: [
      "http://qa-app-canary.acme-qa.svc/version",
      "--checks=20",
      "--seconds=40",
      "--max-errors=10",
      "--metrics=http://qa-app-canary.acme-qa.svc/metrics",
    ],
  });
  expect(activeDeadlineSeconds).toBeGreaterThan(40);
  expect(template.spec.volumes).toEqual([{ name: "analysis", configMap: { name: "qa-app-analysis" } }]);
  expect(parse(files.get("script.yaml") ?? "").data).toEqual({ "analyze.cjs": "ask();\n" });
  const without = component("qa", delivery({ path: false }));
  expect(without.has("script.yaml")).toBe(false);
  expect(without.get("analyses.yaml")).not.toContain("job");
});

test("an Ingress has its load balancer split by weight", () => {
  const routing = (settings: DeliverySettings) =>
    parse(component("qa", settings).get("rollout.yaml") ?? "")[2].value.canary.trafficRouting;
  expect(routing(delivery({ ingress: "qa-app" }))).toEqual({
    alb: { ingress: "qa-app", rootService: "qa-app", servicePort: 80 },
  });
  expect(routing(delivery({}))).toBeUndefined();
});

test("a canary is turned on and off in a Kustomize file, and nothing else of it changes", () => {
  const on = withCanary(OFF, true);
  expect(parse(on).components).toEqual(["canary"]);
  expect(on).toContain("    kind: Rollout\n    name: app\n");
  expect(on).not.toContain("kind: Deployment");
  expect(withCanary(on, true)).toBe(on);
  expect(withCanary(on, false)).toBe(OFF);
});

test("the patches of another app stay those of its Deployment", () => {
  const other = "- patch: x\n  target:\n    kind: Deployment\n    name: web\n";
  expect(withCanary(other, true)).toBe(other);
});
