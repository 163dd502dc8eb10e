import { type ApplicationProps, application, type Delivery } from "@groundplan/modules/gitops";

const props: ApplicationProps = {
  platform: "groundplan",
  repositoryUrl: "https://github.com/groundplan/groundplan.git",
  destination: { environment: "dev", cluster: "groundplan-dev", namespace: "groundplan-dev" },
  delivery: "continuous",
  slackChannel: "deployments",
  pagerDutyService: "groundplan",
};
const of = (delivery: Delivery, change: Partial<ApplicationProps> = {}) =>
  application({ ...props, delivery, ...change });

const REPLICAS = [
  { group: "apps", kind: "Deployment", jsonPointers: ["/spec/replicas"] },
  { group: "argoproj.io", kind: "Rollout", jsonPointers: ["/spec/replicas"] },
];

test("continuous: develop by itself, pruned, healed, five retries, and the autoscaler left alone", () => {
  const { spec, metadata } = of("continuous");
  expect(spec).toEqual({
    project: "groundplan",
    source: {
      repoURL: "https://github.com/groundplan/groundplan.git",
      targetRevision: "develop",
      path: "overlays/dev",
    },
    destination: { name: "groundplan-dev", namespace: "groundplan-dev" },
    syncPolicy: {
      automated: { prune: true, selfHeal: true, allowEmpty: false },
      syncOptions: ["ApplyOutOfSyncOnly=true", "PruneLast=true", "RespectIgnoreDifferences=true"],
      retry: { limit: 5, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } },
    },
    ignoreDifferences: REPLICAS,
    revisionHistoryLimit: 10,
  });
  expect(metadata.annotations).toBeUndefined();
});

test("manual: main by hand, removals last, and Slack hears of it", () => {
  const { spec, metadata } = of("manual");
  expect(spec.source.targetRevision).toBe("main");
  expect(spec.syncPolicy).toEqual({ syncOptions: ["PruneLast=true", "RespectIgnoreDifferences=true"] });
  expect(spec.ignoreDifferences).toEqual(REPLICAS);
  expect(metadata.annotations).toEqual({
    "notifications.argoproj.io/subscribe.on-sync-succeeded.slack": "deployments",
    "notifications.argoproj.io/subscribe.on-sync-failed.slack": "deployments",
  });
});

test("guarded: by hand, what was scaled stays, retries from 30 s to 10 min, PagerDuty, and wave 10", () => {
  const { spec, metadata } = of("guarded");
  expect(spec.syncPolicy).toEqual({
    syncOptions: ["PruneLast=true", "RespectIgnoreDifferences=true"],
    retry: { limit: 5, backoff: { duration: "30s", factor: 2, maxDuration: "10m" } },
  });
  expect(spec.ignoreDifferences).toEqual(REPLICAS);
  expect(metadata.annotations).toMatchObject({
    "argocd.argoproj.io/sync-wave": "10",
    "notifications.argoproj.io/subscribe.on-sync-failed.slack": "deployments",
    "notifications.argoproj.io/subscribe.on-health-degraded.pagerdutyv2": "groundplan",
  });
});

test("only where delivery is continuous does deleting the Application delete what it deployed", () => {
  const finalizers = (["continuous", "manual", "guarded"] as const).map(
    (delivery) => of(delivery).metadata.finalizers,
  );
  expect(finalizers).toEqual([["resources-finalizer.argocd.argoproj.io"], undefined, undefined]);
});

test("another revision and another folder", () => {
  expect(of("manual", { revision: "v1.2.3", path: "deploy" }).spec.source).toMatchObject({
    targetRevision: "v1.2.3",
    path: "deploy",
  });
});

describe("with a canary", () => {
  const ignored = (canary?: ApplicationProps["canary"]) =>
    of("guarded", canary ? { canary } : {}).spec.ignoreDifferences;

  test("the selectors that its controller writes are left alone, and nothing else of a Service", () => {
    expect(ignored({})).toEqual([
      ...REPLICAS,
      { group: "", kind: "Service", jsonPointers: ["/spec/selector/rollouts-pod-template-hash"] },
    ]);
    expect(ignored()).toEqual(REPLICAS);
  });

  test("by weight, the annotations in which the controller keeps the weights are left alone too", () => {
    expect(ignored({ rootService: "prod-app" }).at(-1)).toEqual({
      group: "networking.k8s.io",
      kind: "Ingress",
      jsonPointers: [
        "/metadata/annotations/alb.ingress.kubernetes.io~1actions.prod-app",
        "/metadata/annotations/rollouts.argoproj.io~1managed-alb-actions",
      ],
    });
  });
});
