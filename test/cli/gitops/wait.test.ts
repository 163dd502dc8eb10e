import { Containment } from "../../../cli/gitops/contained";
import { waitForRevision } from "../../../cli/gitops/wait";
import { KubernetesClient } from "../../../cli/kubernetes/client";
import { ApiServer } from "./api-server";

const WANTED = "a".repeat(40);
const YESTERDAY = "c".repeat(40);
const PATH = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/groundplan-dev";

let server: ApiServer;
beforeEach(async () => {
  server = await ApiServer.start();
});
afterEach(() => server.stop());

function plant(revision: string, more: object = {}, spec: object = { syncPolicy: { automated: {} } }): void {
  server.objects.set(PATH, {
    metadata: { name: "groundplan-dev", resourceVersion: "7" },
    spec,
    status: { sync: { status: "Synced", revision }, health: { status: "Healthy" }, ...more },
  });
}

function wait(more: Partial<Parameters<typeof waitForRevision>[0]> = {}) {
  const lines: string[] = [];
  const client = KubernetesClient.of({ kubeconfig: server.kubeconfig(), env: {} });
  const ended = waitForRevision({
    client,
    application: { name: "groundplan-dev", namespace: "argocd" },
    containment: new Containment(undefined, WANTED),
    timeout: 20_000,
    pause: 5,
    grace: 30,
    onProgress: (line) => lines.push(line),
    ...more,
  });
  return { lines, ended };
}

test("what is done already ends it at the first look", async () => {
  plant(WANTED);
  expect(await wait().ended).toEqual({ revision: WANTED, exact: true, looks: 1 });
  expect(server.calls).toEqual([`GET ${PATH}`]);
});

test("yesterday's Synced is waited out: Argo CD is asked to look at Git, and the end is this commit", async () => {
  plant(YESTERDAY);
  server.afterCall = (call) => {
    // Argo CD's controller: it compares when it is asked to.
    if (call.startsWith("PATCH")) plant(WANTED);
  };
  const { ended, lines } = wait();
  expect(await ended).toMatchObject({ revision: WANTED, looks: 2 });
  expect(server.patches.map(({ patch }) => patch)).toEqual([
    { metadata: { annotations: { "argocd.argoproj.io/refresh": "normal" } } },
  ]);
  expect(lines).toEqual(["Argo CD has seen cccccccccccc, and not this commit"]);
});

test("an API that breaks off, or has no room, is named and asked again", async () => {
  plant(WANTED);
  server.faults.push("broken", 503, 429);
  const { ended, lines } = wait();
  expect(await ended).toMatchObject({ looks: 4 });
  expect(lines[0]).toMatch(/^the Kubernetes API cannot be reached: .* at http:\/\/127/);
  expect(lines[1]).toMatch(/refuses GET .*: 503 at http/);
});

test("one that never answers ends with the timeout, and says so", async () => {
  const { ended } = wait({ timeout: 60 });
  plant(WANTED);
  server.faults.push(...Array.from({ length: 1000 }, () => "broken" as const));
  await expect(ended).rejects.toThrow(
    /did not reach aaaaaaaaaaaa within 0 s\n.*\n {2}seen last: the Kubernetes API cannot be reached/,
  );
});

test("an Argo CD that does not begin what it was asked for is said to be down, and waited for", async () => {
  plant(YESTERDAY);
  const { ended, lines } = wait({ patience: 20 });
  server.afterCall = () => {
    // Its controller is started again when somebody has read that it is down.
    if (lines.some((line) => /is Argo CD down\?/.test(line))) plant(WANTED);
  };
  expect(await ended).toMatchObject({ revision: WANTED });
  expect(server.patches).toHaveLength(1);
});

test("an operation that goes on, and stays asked for until its end, is no Argo CD that is down", async () => {
  const goesOn = { operationState: { phase: "Running", startedAt: "2026-11-30T10:00:00Z" } };
  plant(WANTED, goesOn);
  server.objects.set(PATH, { ...(server.objects.get(PATH) as object), operation: { sync: {} } });
  const { ended, lines } = wait({ patience: 20 });
  let looks = 0;
  server.afterCall = () => {
    looks += 1;
    if (looks === 20) plant(WANTED);
  };
  expect(await ended).toMatchObject({ revision: WANTED });
  expect(lines).toEqual(["syncing"]);
});

test("a right that is missing, an Application that is not there, and a wrong token end it at once", async () => {
  server.faults.push(403);
  await expect(wait().ended).rejects.toThrow(
    /refuses GET .*: 403\n.*\n {2}a planted fault\n.*lacks this right/,
  );
  await expect(wait().ended).rejects.toThrow(
    /no Application groundplan-dev in namespace argocd.*\(context test\).*--context/s,
  );
  const client = KubernetesClient.of({ kubeconfig: server.kubeconfig({ token: "wrong" }), env: {} });
  await expect(wait({ client }).ended).rejects.toThrow(/401\n.*log in again/s);
});

test("an environment that waits for a hand says how, and with a name asks for the sync once", async () => {
  plant(
    WANTED,
    { sync: { status: "OutOfSync", revision: WANTED } },
    { syncPolicy: { syncOptions: ["PruneLast=true"], retry: { limit: 5 } } },
  );
  const byHand = wait({ timeout: 30 });
  await expect(byHand.ended).rejects.toThrow(
    /argocd app sync argocd\/groundplan-dev, the Sync button, or --sync/,
  );
  expect(server.patches).toEqual([]);
  server.afterCall = (call) => {
    if (call.startsWith("PATCH")) plant(WANTED);
  };
  await wait({ syncAs: "groundplan: octocat" }).ended;
  expect(server.patches.map(({ patch }) => patch)).toEqual([
    {
      metadata: { resourceVersion: "7" },
      operation: {
        initiatedBy: { username: "groundplan: octocat" },
        info: [{ name: "Reason", value: "groundplan gitops" }],
        sync: { prune: false, syncOptions: ["PruneLast=true"] },
        retry: { limit: 5 },
      },
    },
  ]);
});

test("health that stays degraded is the end; health that recovers is not", async () => {
  plant(WANTED, { health: { status: "Degraded", message: "no metrics yet" } });
  let looks = 0;
  server.afterCall = () => {
    looks += 1;
    if (looks === 2) plant(WANTED);
  };
  expect(await wait({ grace: 10_000 }).ended).toMatchObject({ looks: 3 });
  server.afterCall = () => undefined;
  plant(WANTED, { health: { status: "Degraded", message: "deadline exceeded" } });
  await expect(wait().ended).rejects.toThrow(
    /Degraded: deadline exceeded\n.*\n {2}go back with: groundplan gitops rollback/s,
  );
});

test("a sync of another commit is waited for, and a rollback ends it: it may wait for the health of what is to go", async () => {
  const running = { phase: "Running", retryCount: 1, syncResult: { revision: YESTERDAY } };
  plant(YESTERDAY, { operationState: running });
  await expect(wait({ timeout: 30, syncAs: "octocat" }).ended).rejects.toThrow(/seen last: syncing, try 2/);
  expect(server.patches).toEqual([]);
  server.afterCall = (call) => {
    if (call.startsWith("PATCH")) plant(WANTED);
  };
  const { ended, lines } = wait({ terminates: true, beginning: 20 });
  expect(await ended).toMatchObject({ revision: WANTED });
  expect(server.patches.map(({ patch }) => patch)).toEqual([
    { metadata: { resourceVersion: "7" }, status: { operationState: { phase: "Terminating" } } },
  ]);
  expect(lines).toEqual(["syncing, try 2", "syncing, try 2: ended, as it syncs another commit"]);
  // A sync of this commit goes on.
  plant(YESTERDAY, { operationState: { ...running, syncResult: { revision: WANTED } } });
  await expect(wait({ timeout: 60, terminates: true, beginning: 1 }).ended).rejects.toThrow(/did not reach/);
  expect(server.patches).toHaveLength(1);
});

test("a rollback does not end the sync that it has asked for, which begins with the commit of the one before", async () => {
  plant(WANTED, { sync: { status: "OutOfSync", revision: WANTED } }, {});
  let looks = 0;
  server.afterCall = (call) => {
    looks += call.startsWith("GET") ? 1 : 0;
    const operationState = { phase: "Running", startedAt: "now", syncResult: { revision: YESTERDAY } };
    if (call.startsWith("PATCH")) plant(WANTED, { operationState });
    if (looks === 10) plant(WANTED);
  };
  const { ended } = wait({ terminates: true, beginning: 1, syncAs: "octocat" });
  expect(await ended).toMatchObject({ revision: WANTED });
  expect(server.patches).toHaveLength(1);
});

test("a sync that failed is the end at once", async () => {
  plant(WANTED, {
    sync: { status: "OutOfSync", revision: WANTED },
    operationState: { phase: "Failed", message: "refused", syncResult: { revision: WANTED } },
  });
  await expect(wait().ended).rejects.toThrow(
    /Application groundplan-dev: the sync of aaaaaaaaaaaa failed: refused/,
  );
  expect(server.calls).toHaveLength(1);
});
