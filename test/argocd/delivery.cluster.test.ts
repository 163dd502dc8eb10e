import { build, groundplan, type Run } from "../cli/groundplan";
import { describeOtherUsers } from "../security/other-users-of-cluster";
import { until } from "../until";
import { describeCanary } from "./canary";
import { type App, Delivered, synced } from "./delivered";

let delivered: Delivered;

beforeAll(async () => {
  build();
  delivered = await Delivered.start();
});

afterAll(() => delivered?.stop());

const app = (environment: string) => delivered.app(environment);
const field = (namespace: string, object: string, path: string) => delivered.field(namespace, object, path);

// On this cluster, whose start costs more than what is asked of it.
describeOtherUsers(() => delivered.cluster);

test("an application has no cluster to go to without the bridge Secret", async () => {
  await delivered.install("dev");
  const { status } = await until(
    () => app("dev"),
    ({ status }) => (status?.conditions ?? []).length > 0,
  );
  expect(status?.conditions?.map(({ message }) => message).join()).toContain("groundplan-dev");
  expect(await field("groundplan-dev", "deployment/dev-app", "{.metadata.name}")).toBe("");
});

const BRANCHES: Readonly<Record<string, string>> = { dev: "develop", staging: "main" };

/** Runs `groundplan gitops` for an environment, with its real Argo CD and its Git repository. */
function gitops(command: string, environment: string, ...more: readonly string[]): Promise<Run> {
  const where = ["--repository", delivered.repository.url, "--branch", BRANCHES[environment] ?? ""];
  const which = ["--kubeconfig", delivered.cluster.kubeconfig, "--application", `groundplan-${environment}`];
  const what = ["--namespace", `groundplan-${environment}`, "--workload", `${environment}-app`];
  const path = ["--path", `overlays/${environment}`];
  const flags = {
    "set-image": [...where, ...path, "--new-name", `registry.example/${environment}/app`],
    wait: [...where, ...which, "--timeout", "10m"],
    status: [...where, ...path, ...which, ...what, "--service", "app"],
    rollback: [...where, ...path, ...which, ...what, "--timeout", "10m"],
  }[command];
  return groundplan(["gitops", command, environment, ...(flags ?? []), ...more, "--json"], {
    cwd: delivered.scratch,
  });
}

/** What a command printed. @throws when it failed. */
function printed({ code, stdout, stderr }: Run) {
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

/** Scales the Deployment of dev, as its autoscaler does. */
const scale = (replicas: number) =>
  delivered.cluster.succeed([
    "--namespace=groundplan-dev",
    "scale",
    "deployment/dev-app",
    `--replicas=${replicas}`,
  ]);

// Each test waits for what the ones before have set going, so that none fails for another's fault.
describe("dev, which Argo CD syncs by itself", () => {
  beforeAll(async () => {
    await delivered.install("dev");
    await delivered.bridge("dev", "127.0.0.1");
  });

  beforeEach(() => until(() => app("dev"), synced(delivered.repository.head("develop"))));

  test("goes from the commit to ready pods by itself", async () => {
    await until(
      () => field("groundplan-dev", "deployment/dev-app", "{.status.readyReplicas}"),
      (ready) => ready === "1",
    );
  });

  test("keeps the order of the waves: namespace, configuration, pods, and what watches over them", async () => {
    const created = (object: string) => field("groundplan-dev", object, "{.metadata.creationTimestamp}");
    const configuration = await field(
      "groundplan-dev",
      "configmap",
      "{.items[?(@.data.APP_ENV)].metadata.creationTimestamp}",
    );
    const [namespace = 0, ...waves] = [
      await created("namespace/groundplan-dev"),
      configuration,
      await created("deployment/dev-app"),
      await created("poddisruptionbudget/dev-app"),
    ].map((time) => Date.parse(time));
    expect([namespace, ...waves].every((time) => Number.isFinite(time))).toBe(true);
    // The namespace is made before the sync, often in the same second; between waves Argo CD waits two seconds.
    expect(waves[0]).toBeGreaterThanOrEqual(namespace);
    for (const [index, time] of waves.slice(1).entries()) expect(time).toBeGreaterThan(waves[index] ?? 0);
  });

  test("puts back what is changed by hand, and leaves the number of pods to the autoscaler", async () => {
    await scale(2);
    const wrong = JSON.stringify({ spec: { selector: { "app.kubernetes.io/name": "planted-fault" } } });
    const selected = "{.spec.selector['app\\.kubernetes\\.io/name']}";
    // What the patch itself answers: Argo CD may have put it back before anybody looks.
    const patched = await delivered.cluster.succeed([
      "--namespace=groundplan-dev",
      "patch",
      "service/dev-app",
      `--patch=${wrong}`,
      `--output=jsonpath=${selected}`,
    ]);
    expect(patched).toBe("planted-fault");
    await until(
      () => field("groundplan-dev", "service/dev-app", selected),
      (value) => value === "app",
    );
    expect(await field("groundplan-dev", "deployment/dev-app", "{.spec.replicas}")).toBe("2");
  });

  test("removes what a commit removes, and rolls out what it changes", async () => {
    await scale(2);
    expect(await field("groundplan-dev", "poddisruptionbudget/dev-app", "{.metadata.name}")).toBe("dev-app");
    delivered.repository.change("develop", "overlays/base/app/kustomization.yaml", (text) =>
      text.replace("  - pdb.yaml\n", ""),
    );
    const commit = delivered.repository.change("develop", "overlays/dev/kustomization.yaml", (text) =>
      text.replace("value: debug", "value: trace"),
    );
    await until(() => app("dev"), synced(commit));
    await until(
      () => field("groundplan-dev", "poddisruptionbudget/dev-app", "{.metadata.name}"),
      (name) => name === "",
    );
    // The Deployment was applied anew, and the autoscaler's number stands all the same.
    expect(await field("groundplan-dev", "deployment/dev-app", "{.spec.replicas}")).toBe("2");
    const levels = await field("groundplan-dev", "configmap", "{.items[*].data.LOG_LEVEL}");
    expect(levels).toBe("trace");
  });

  test("gitops wait waits for the commit that sets an image, and not only for Synced", async () => {
    const before = (await app("dev")).status?.sync;
    expect(before).toMatchObject({ status: "Synced", revision: delivered.repository.head("develop") });
    const set = printed(await gitops("set-image", "dev", "app", digestOf("a")));
    expect(set).toMatchObject({ changed: true, commit: delivered.repository.head("develop") });
    // The first look finds yesterday's state, as Argo CD looks at Git every ten seconds here.
    expect(printed(await gitops("wait", "dev", "--revision", set.commit))).toMatchObject({
      wanted: set.commit,
      applications: [{ application: "groundplan-dev", revision: set.commit, exact: true }],
    });
    const images = await field("groundplan-dev", "pods", "{.items[*].spec.containers[*].image}");
    expect(new Set(images.split(" "))).toEqual(new Set([`registry.example/dev/app@${digestOf("a")}`]));
    // Of what is done already it is an end at once, also for the commit before, which this one contains.
    const first = printed(await gitops("wait", "dev", "--revision", before?.revision ?? ""));
    expect(first.applications).toEqual([
      { application: "groundplan-dev", revision: set.commit, exact: false },
    ]);
  });
});

describe("staging, which is synced by hand", () => {
  beforeAll(async () => {
    await delivered.bridge("staging", "localhost");
    await delivered.install("staging");
  });

  /** Waits until Argo CD has seen a commit that nobody has synced. */
  const untilOutOfSync = (revision: string) =>
    until(
      () => app("staging"),
      ({ status }) => status?.sync?.status === "OutOfSync" && status.sync.revision === revision,
    );

  test("stays out of sync until somebody syncs it", async () => {
    const first = await until(
      () => app("staging"),
      ({ status }) => status?.sync?.status === "OutOfSync",
    );
    // A second comparison has come and gone.
    await until(
      () => app("staging"),
      ({ status }) =>
        status?.reconciledAt !== undefined && status.reconciledAt !== first.status?.reconciledAt,
    );
    expect((await app("staging")).status?.sync?.status).toBe("OutOfSync");
    expect(await field("groundplan-staging", "deployment/staging-app", "{.metadata.name}")).toBe("");

    await delivered.sync("staging");
    await until(() => app("staging"), synced(delivered.repository.head("main")));
    await until(
      () => field("groundplan-staging", "deployment/staging-app", "{.status.readyReplicas}"),
      (ready) => ready === "2",
    );
  });

  test("gitops wait says that a hand syncs, and --sync asks Argo CD; a rollback does all of it", async () => {
    if ((await app("staging")).status?.sync?.status !== "Synced") await delivered.sync("staging");
    await until(() => app("staging"), synced(delivered.repository.head("main")));
    const [one, two] = [digestOf("1"), digestOf("2")];
    const first = printed(await gitops("set-image", "staging", "app", one));
    await untilOutOfSync(first.commit);
    const byHand = await gitops("wait", "staging", "--revision", first.commit, "--timeout", "5s");
    expect([byHand.code, byHand.stderr]).toEqual([
      1,
      expect.stringMatching(/OutOfSync.*argocd app sync argocd\/groundplan-staging/s),
    ]);
    printed(await gitops("wait", "staging", "--revision", first.commit, "--sync"));
    // What Kubernetes refuses ends the wait at once, with the reason.
    const label = "\n    - op: add\n      path: /metadata/labels\n      value: { planted: 'not a label!' }";
    const file = "overlays/staging/kustomization.yaml";
    const wrong = delivered.repository.change("main", file, (text) =>
      text.replace("value: info", `value: info${label}`),
    );
    const failed = await gitops("wait", "staging", "--revision", wrong, "--sync");
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringMatching(/the sync of [0-9a-f]{12} failed: .*ConfigMap.*not a label!/s),
    ]);
    delivered.repository.change("main", file, (text) => text.replace(label, ""));
    const second = printed(await gitops("set-image", "staging", "app", two));
    printed(await gitops("wait", "staging", "--revision", second.commit, "--sync"));
    const image = () =>
      field("groundplan-staging", "deployment/staging-app", "{.spec.template.spec.containers[0].image}");
    expect(await image()).toContain(two);

    // A sync that waits for pods that no node takes: it would go on for ten minutes, and nothing else is synced meanwhile.
    const selector =
      "\n    - op: add\n      path: /spec/template/spec/nodeSelector\n      value: { planted: none }";
    const stuck = delivered.repository.change("main", file, (text) =>
      text.replace("value: 2\n", `value: 2${selector}\n`),
    );
    await untilOutOfSync(stuck);
    await gitops("wait", "staging", "--revision", stuck, "--sync", "--timeout", "12s");
    const goesOn = (seen: App) => seen.status?.operationState?.phase === "Running";
    await until(() => app("staging"), goesOn);
    delivered.repository.change("main", file, (text) => text.replace(selector, ""));

    const rolledBack = await gitops("rollback", "staging", "app", "--reason", "planted");
    expect(rolledBack.stderr).toContain("ended, as it syncs another commit");
    const back = printed(rolledBack);
    expect(back).toMatchObject({ changed: true, image: { digest: one }, reached: { exact: true } });
    expect(await image()).toContain(one);
    // What the pipeline promotes again is refused, and the status says why.
    expect(await gitops("set-image", "staging", "app", two)).toMatchObject({ code: 4 });
    const [state] = printed(await gitops("status", "staging")).services;
    expect(state).toMatchObject({
      git: { commit: back.commit, held: { reason: "planted" }, refused: [two] },
      cluster: { application: { sync: "Synced", revision: back.commit, health: "Healthy" } },
      verdict: "runs what Git says",
    });
  });
});

test("refuses an application outside of the project's bounds", async () => {
  const [outside] = delivered
    .stack("dev")
    .deliveriesValues()
    .manifests.filter(({ kind }) => kind === "Application");
  const wrong = JSON.parse(JSON.stringify(outside));
  wrong.metadata = { name: "outside", namespace: "argocd" };
  wrong.spec.destination.namespace = "kube-system";
  await delivered.cluster.succeed(["apply", "--filename=-"], { input: JSON.stringify(wrong) });
  const conditions = await until(
    () => field("argocd", "application/outside", "{.status.conditions[*].message}"),
    (message) => message !== "",
  );
  expect(conditions).toMatch(/do not match any of the allowed destinations/);
});

describeCanary(() => delivered);
