import { kill } from "node:process";
import { SKIPPED_ANNOTATION } from "../../cli/delivery/canary-rollout";
import { toolsDirectory } from "../../local/cluster/tools";
import { deliveryDefaults } from "../../overlays/settings/delivery";
import { canaryComponent } from "../../tools/derive/canary";
import { build, groundplan } from "../cli/groundplan";
import { FailingServer } from "../delivery/failing-server";
import { until } from "../until";
import {
  type CanaryState,
  HASH,
  hashOf,
  isWhole,
  type ReplicaSet,
  readCanary,
  readyPods,
  replicaSetsPath,
} from "./canary-state";
import { type Delivered, synced } from "./delivered";
import { ObjectWatch } from "./object-watch";

const NAMESPACE = "groundplan-prod";

/** Quick ones: of each, one check may fail. */
const STEPS = [
  { weight: 10, checks: 8, seconds: 8, maxErrors: 15 },
  { weight: 50, checks: 3, seconds: 3, maxErrors: 40 },
];

/**
 * The file with prod's analyses: quick ones, which ask a server of the test. The addresses that a step asks begin with its
 * weight (`/10/`), by which the server holds them, and they wait for what it holds.
 */
export function quickAnalyses(url: string): { readonly path: string; readonly text: string } {
  const settings = {
    ...deliveryDefaults,
    canary: { ...deliveryDefaults.canary, enabled: true, steps: STEPS },
  };
  const environment = { name: "prod", delivery: settings };
  const component = canaryComponent(environment, { name: "groundplan" }, () => "\n");
  const [path, text] = component.find(([file]) => file.endsWith("analyses.yaml")) ?? ["", ""];
  const analyses = text
    .split("---\n")
    .map((analysis, index) =>
      analysis
        .replaceAll("http://prod-app-canary.groundplan-prod.svc", `${url}/${STEPS[index]?.weight}`)
        .replace("timeoutSeconds: 3\n", "timeoutSeconds: 900\n"),
    );
  return { path, text: analyses.join("---\n") };
}

/**
 * The canary of prod, by the real controllers; pods are simulated, and a server of the test answers for their health.
 *
 * The server holds a canary at its step while a test looks at it, and each test begins with a stable version alone,
 * whatever became of the one before.
 */
export function describeCanary(delivery: () => Delivered): void {
  describe("the canary of prod", () => {
    let server: FailingServer;
    let version = 1;

    beforeAll(async () => {
      build();
      server = await FailingServer.start({ ofTen: 0 });
      const { path, text } = quickAnalyses(server.url);
      delivery().repository.change("main", path, () => text);
      // A third name of this machine.
      await delivery().bridge("prod", "0.0.0.0");
      await delivery().install("prod");
      await until(
        () => delivery().app("prod"),
        ({ status }) => status?.sync?.status === "OutOfSync",
      );
      await delivery().sync("prod");
      await until(() => delivery().app("prod"), synced(delivery().repository.head("main")));
    });

    afterAll(() => server?.stop());

    const see = () => readCanary(delivery().api, NAMESPACE);

    const untilSyncEnds = () =>
      until(
        () => delivery().app("prod"),
        ({ status }) => /^(Succeeded|Failed|Error)$/.test(status?.operationState?.phase ?? ""),
      );

    /** Commits the next version, and syncs it. @returns the commit. */
    const deploy = async (): Promise<string> => {
      version += 1;
      const commit = delivery().repository.change("main", "overlays/prod/kustomization.yaml", (text) =>
        text.replace(/newTag: .*/, `newTag: 0.${version}.0`),
      );
      await untilSyncEnds();
      await delivery().sync("prod");
      return commit;
    };

    /** Begins a test with every program at work, and with a stable version and no other. */
    const settle = async (): Promise<void> => {
      server.failing = { ofTen: 0 };
      server.release();
      if ((await delivery().cluster.programs()).some(({ running }) => !running))
        await delivery().cluster.restart();
      if (isWhole(await see())) return;
      await deploy();
      await until(see, isWhole);
    };

    /** Deploys a version that fails a fifth of its checks. @returns what is so when it has been taken back. */
    const deployFailing = async (): Promise<CanaryState> => {
      server.failing = { ofTen: 2, how: "health" };
      await deploy();
      return until(see, ({ aborted, canary }) => aborted && canary === 0);
    };

    const selected = (service: string) =>
      delivery().field(NAMESPACE, `service/prod-app${service}`, `{.spec.selector.${HASH}}`);

    test("installs the first version at once: there is none that it could be compared with", async () => {
      const { stable, canary, analyses } = await until(see, isWhole);
      expect({ stable, canary, analyses }).toEqual({ stable: 3, canary: 0, analyses: [] });
      expect(await delivery().field(NAMESPACE, "pdb/prod-app", "{.status.disruptionsAllowed}")).toBe("1");
    });

    test("gives a new version its shares step by step, also when its controller is killed in between", async () => {
      await settle();
      server.hold("/10/", 2);
      server.hold("/50/", 1);
      const commit = await deploy();
      const first = await until(see, ({ analyses }) => (analyses[0]?.checks ?? 0) >= 2);
      // With three pods, 10 % is one of four.
      expect([first.stable, first.canary]).toEqual([3, 1]);
      expect([await selected("-stable"), await selected("-canary")]).toEqual(first.hashes);
      expect(await selected("")).toBe("");
      // Argo CD sees no difference in what Rollouts has written.
      await until(
        () => delivery().app("prod"),
        ({ status }) => status?.sync?.status === "Synced" && status.sync.revision === commit,
      );

      const controller = (await delivery().cluster.programs()).find(
        ({ name }) => name === "rollouts-controller",
      );
      kill(controller?.pid ?? Number.NaN, "SIGKILL");
      await until(
        () => delivery().cluster.programs(),
        (all) => all.some(({ name, running }) => name === "rollouts-controller" && !running),
      );
      const meanwhile = await see();
      await delivery().cluster.restart();
      expect(meanwhile.analyses.map(({ phase }) => phase)).not.toContain("Failed");

      server.release("/10/");
      const second = await until(see, ({ analyses }) => (analyses[1]?.checks ?? 0) >= 1);
      expect([second.stable, second.canary]).toEqual([2, 2]);
      server.release("/50/");
      const done = await until(see, isWhole);
      expect(done.hashes[0]).toBe(first.hashes[1]);
      // The analysis that was broken off is the one that came to its end: no check was made again.
      expect(done.analyses.map(({ id }) => id)[0]).toBe(first.analyses[0]?.id);
      expect(done.analyses.map(({ phase, checks }) => [phase, checks])).toEqual([
        ["Successful", 8],
        ["Successful", 3],
      ]);
      await until(() => delivery().app("prod"), synced(commit));
    });

    test("takes a version back that fails 20 % of its checks at 10 %, and keeps the stable one whole", async () => {
      await settle();
      const { hashes: before } = await see();
      const history = await ObjectWatch.start<ReplicaSet>(delivery().cluster, replicaSetsPath(NAMESPACE));
      const aborted = await deployFailing();
      await history.caughtUp((await see()).replicaSets);
      history.stop();
      const ready = (hash: string) => history.states.filter((set) => hashOf(set) === hash).map(readyPods);
      expect(aborted.hashes[0]).toBe(before[0]);
      expect(new Set(ready(aborted.hashes[0]))).toEqual(new Set([3]));
      expect(Math.max(...ready(aborted.hashes[1]))).toBe(1);
      expect(aborted.phase).toBe("Degraded");
      expect(aborted.message).toContain(
        'Metric "health" assessed Failed due to failed (2) > failureLimit (1)',
      );
      // It never came to the second step.
      expect(aborted.analyses.map(({ phase }) => phase)).toEqual(["Failed"]);
      expect(await selected("-stable")).toBe(aborted.hashes[0]);
    });

    const promote = (...flags: readonly string[]) =>
      groundplan(
        [
          "gitops",
          "promote-canary",
          "prod",
          "app",
          `--namespace=${NAMESPACE}`,
          "--workload=prod-app",
          ...flags,
        ],
        {
          cwd: toolsDirectory(),
          env: { KUBECONFIG: delivery().cluster.kubeconfig, PATH: `${toolsDirectory()}:${process.env.PATH}` },
        },
      );

    test("promotes an aborted version only with a reason, which the Rollout keeps", async () => {
      if (!(await see()).aborted) {
        await settle();
        await deployFailing();
      }
      const refused = await promote();
      expect(refused.stderr).toContain(
        "when the stable version is the broken one: --skip-analysis --reason <why>",
      );
      expect([refused.code, (await see()).aborted]).toEqual([1, true]);

      const { hashes } = await see();
      const { code, stdout } = await promote("--skip-analysis", "--reason", "the stable one answers nobody");
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining("without its analyses: the stable one answers nobody"),
      ]);
      const done = await until(see, (now) => isWhole(now) && now.hashes[0] === hashes[1]);
      expect(done.aborted).toBe(false);
      const path = `{.metadata.annotations.${SKIPPED_ANNOTATION.replaceAll(".", "\\.")}}`;
      expect(JSON.parse(await delivery().field(NAMESPACE, "rollout/prod-app", path))).toMatchObject({
        reason: "the stable one answers nobody",
        from: hashes[0],
        to: hashes[1],
      });
      const again = await promote();
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("Nothing to promote")]);
    });

    test("leaves the Services with the version that Rollouts gave them when Argo CD syncs once more", async () => {
      await settle();
      const { hashes } = await see();
      await untilSyncEnds();
      await delivery().sync("prod");
      await until(() => delivery().app("prod"), synced(delivery().repository.head("main")));
      expect([await selected("-stable"), await selected("-canary")]).toEqual([hashes[0], hashes[0]]);
    });
  });
}
