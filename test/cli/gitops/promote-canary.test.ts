import { SKIPPED_ANNOTATION } from "../../../cli/delivery/canary-rollout";
import { promoteCanary } from "../../../cli/gitops/promote-canary";
import { KubernetesClient } from "../../../cli/kubernetes/client";
import { ApiServer } from "./api-server";

const PATH = "/apis/argoproj.io/v1alpha1/namespaces/groundplan-prod/rollouts/prod-app";
const WORKLOAD = { namespace: "groundplan-prod", name: "prod-app" };
const NOW = new Date("2026-11-30T12:00:00Z");
const SKIP = { skipAnalysis: { reason: "1.4.0 answers nobody", by: "ada" }, now: NOW };

let server: ApiServer;
beforeEach(async () => {
  server = await ApiServer.start();
});
afterEach(() => server.stop());

function plant(status: object, spec: object = {}): void {
  server.objects.set(PATH, {
    metadata: { ...WORKLOAD },
    spec: { strategy: { canary: { steps: [] } }, ...spec },
    status: { phase: "Degraded", stableRS: "old", currentPodHash: "new", ...status },
  });
}

const promote = (props: Parameters<typeof promoteCanary>[2] = { now: NOW }) =>
  promoteCanary(KubernetesClient.of({ kubeconfig: server.kubeconfig(), env: {} }), WORKLOAD, props);

test("why analyses are skipped is recorded before the status is changed, and the spec after both", async () => {
  plant({ abort: true }, { paused: true });
  expect(await promote(SKIP)).toMatchObject({ stable: "old", promotion: { from: "old", to: "new" } });
  const changed = server.patches.map(({ path, patch }) => [path, Object.keys(patch)]);
  expect(changed).toEqual([
    [PATH, ["metadata"]],
    [`${PATH}/status`, ["status"]],
    [PATH, ["spec"]],
  ]);
  expect(JSON.stringify(server.patches[0]?.patch)).toContain(SKIPPED_ANNOTATION);
});

test("a record that is refused ends it before anything is changed", async () => {
  plant({ abort: true });
  server.afterCall = () => {
    server.faults.push(403);
    server.afterCall = () => undefined;
  };
  await expect(promote(SKIP)).rejects.toThrow("the Kubernetes API refuses PATCH");
  expect(server.patches).toEqual([]);
});

test("where the stable version is the only one nothing is written", async () => {
  plant({ currentPodHash: "old" });
  expect(await promote()).toEqual({ stable: "old", promotion: undefined });
  expect(server.calls).toEqual([`GET ${PATH}`]);
});

test("a canary that waits for its analysis is not promoted without a reason", async () => {
  plant({ phase: "Progressing" });
  await expect(promote()).rejects.toThrow("its analysis decides");
  expect(server.patches).toEqual([]);
});

test("a Rollout that is not there is named, with the cluster that was asked", async () => {
  await expect(promote()).rejects.toThrow(
    /there is no Rollout "prod-app" in namespace "groundplan-prod"\n {2}at http:\/\/127\.0\.0\.1:\d+ \(context test\)/,
  );
});
