import { kill } from "node:process";
import { SKIPPED_ANNOTATION } from "../../cli/delivery/canary-rollout";
import { toolsDirectory } from "../../local/cluster/tools";
import { deliveryDefaults } from "../../overlays/settings/delivery";
import { canaryComponent } from "../../tools/derive/canary";
import { build, groundplan } from "../cli/groundplan";
import { FailingServer } from "../delivery/failing-server";
import { type Delivered, synced, until } from "./delivered";

const NAMESPACE = "groundplan-prod";
const HASH = "rollouts-pod-template-hash";

/** Quick ones: of each, one check may fail. */
const STEPS = [
  { weight: 10, checks: 8, seconds: 8, maxErrors: 15 },
  { weight: 50, checks: 3, seconds: 3, maxErrors: 40 },
];

/** The file with prod's analyses: quick ones, which ask a server of the test. */
export function quickAnalyses(url: string): { readonly path: string; readonly text: string } {
  const settings = { canary: { ...deliveryDefaults.canary, enabled: true, steps: STEPS } };
  const environment = { name: "prod", delivery: settings };
  const component = canaryComponent(environment, { name: "groundplan" }, () => "\n");
  const [path, text] = component.find(([file]) => file.endsWith("analyses.yaml")) ?? ["", ""];
  return { path, text: text.replaceAll("http://prod-app-canary.groundplan-prod.svc", url) };
}

/** What is read of the Rollout, of its ReplicaSets and of its analyses. */
interface Seen {
  readonly phase: string;
  readonly aborted: boolean;
  readonly message: string;

  /** Ready pods of the stable version, and of the new one. */
  readonly stable: number;
  readonly canary: number;

  /** Hash of the stable version, and of the new one. */
  readonly hashes: readonly [stable: string, canary: string];

  /** Analyses of the new version, with the number of their checks. */
  readonly analyses: readonly { readonly id: string; readonly phase: string; readonly checks: number }[];
}

/** The canary of prod, by the real controllers; pods are simulated, and a server of the test answers for their health. */
export function describeCanary(world: () => Delivered): void {
  describe("the canary of prod", () => {
    let server: FailingServer;

    beforeAll(async () => {
      build();
      server = await FailingServer.start({ ofTen: 0 });
    });

    afterAll(() => server?.stop());

    const objects = async (kind: string) =>
      JSON.parse(await world().cluster.succeed([`--namespace=${NAMESPACE}`, "get", kind, "--output=json"]))
        .items;

    const see = async (): Promise<Seen> => {
      const [[{ status }], sets, runs] = await Promise.all(
        ["rollout", "replicaset", "analysisrun"].map(objects),
      );
      const hashes = [status?.stableRS ?? "", status?.currentPodHash ?? ""] as const;
      const of = (hash: string, all: typeof sets) =>
        all.filter(
          ({ metadata }: { metadata: { labels: Record<string, string> } }) => metadata.labels[HASH] === hash,
        );
      const ready = (hash: string) => of(hash, sets)[0]?.status.readyReplicas ?? 0;
      return {
        phase: status?.phase ?? "",
        aborted: status?.abort === true,
        message: status?.message ?? "",
        stable: ready(hashes[0]),
        canary: hashes[0] === hashes[1] ? 0 : ready(hashes[1]),
        hashes,
        analyses: of(hashes[1], runs).map(
          (run: {
            metadata: { uid: string };
            status?: { phase: string; metricResults?: { name: string; count: number }[] };
          }) => ({
            id: run.metadata.uid,
            phase: run.status?.phase ?? "",
            checks: run.status?.metricResults?.find(({ name }) => name === "health")?.count ?? 0,
          }),
        ),
      };
    };

    /** Commits another version, and syncs it. @returns the commit. */
    const deploy = async (from: string, to: string): Promise<string> => {
      const commit = world().repository.change("main", "overlays/prod/kustomization.yaml", (text) =>
        text.replace(`newTag: ${from}`, `newTag: ${to}`),
      );
      await world().sync("prod");
      return commit;
    };

    const selected = (service: string) =>
      world().field(NAMESPACE, `service/prod-app${service}`, `{.spec.selector.${HASH}}`);

    test("the first version is there at once: there is none that it could be compared with", async () => {
      const { path, text } = quickAnalyses(server.url);
      const commit = world().repository.change("main", path, () => text);
      // A third name of this machine.
      await world().bridge("prod", "0.0.0.0");
      await world().install("prod");
      await until(
        () => world().app("prod"),
        ({ status }) => status?.sync?.status === "OutOfSync",
      );
      await world().sync("prod");
      await until(() => world().app("prod"), synced(commit));
      const { stable, canary, analyses: none } = await until(see, ({ phase }) => phase === "Healthy");
      expect({ stable, canary, none }).toEqual({ stable: 3, canary: 0, none: [] });
      expect(await world().field(NAMESPACE, "pdb/prod-app", "{.status.disruptionsAllowed}")).toBe("1");
    });

    test("a new one gets its shares step by step, and goes on when its controller was killed in the middle", async () => {
      const commit = await deploy("0.1.0", "0.2.0");
      const middle = await until(see, ({ analyses }) => (analyses[0]?.checks ?? 0) >= 2);
      // With three pods, 10 % is one of four.
      expect([middle.stable, middle.canary]).toEqual([3, 1]);
      expect([await selected("-stable"), await selected("-canary")]).toEqual(middle.hashes);
      expect(await selected("")).toBe("");
      // Argo CD sees no difference in what Rollouts has written.
      await until(
        () => world().app("prod"),
        ({ status }) => status?.sync?.status === "Synced" && status.sync.revision === commit,
      );

      const controller = (await world().cluster.programs()).find(
        ({ name }) => name === "rollouts-controller",
      );
      kill(controller?.pid ?? Number.NaN, "SIGKILL");
      await until(
        () => world().cluster.programs(),
        (all) => all.some(({ name, running }) => name === "rollouts-controller" && !running),
      );
      const left = await see();
      await world().cluster.restart();
      expect(left.analyses.map(({ phase }) => phase)).not.toContain("Failed");

      const half = await until(see, ({ analyses }) => (analyses[1]?.checks ?? 0) >= 1);
      expect([half.stable, half.canary]).toEqual([2, 2]);
      const done = await until(see, ({ phase, hashes }) => phase === "Healthy" && hashes[0] === hashes[1]);
      expect(done.stable).toBe(3);
      expect(done.hashes[0]).toBe(middle.hashes[1]);
      // The analysis that was broken off is the one that came to its end: no check was made again.
      expect(done.analyses.map(({ id }) => id)[0]).toBe(middle.analyses[0]?.id);
      expect(done.analyses.map(({ phase, checks }) => [phase, checks])).toEqual([
        ["Successful", 8],
        ["Successful", 3],
      ]);
      await until(() => world().app("prod"), synced(commit));
    });

    test("one that fails 20 % of its checks is taken back at 10 %, and the stable version stays whole", async () => {
      server.failing = { ofTen: 2, how: "health" };
      const seen: Seen[] = [];
      await deploy("0.2.0", "0.3.0");
      const aborted = await until(
        async () => {
          const now = await see();
          seen.push(now);
          return now;
        },
        (now) => now.aborted && now.canary === 0,
      );
      expect(seen.map(({ stable }) => stable)).toEqual(seen.map(() => 3));
      expect(Math.max(...seen.map(({ canary }) => canary))).toBeLessThanOrEqual(1);
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
          env: { KUBECONFIG: world().cluster.kubeconfig, PATH: `${toolsDirectory()}:${process.env.PATH}` },
        },
      );

    test("an aborted one goes on only with a reason, which the Rollout keeps", async () => {
      const refused = await promote();
      expect(refused.stderr).toContain(
        "when the stable version is the broken one: --skip-analysis --reason <why>",
      );
      expect([refused.code, (await see()).aborted]).toEqual([1, true]);

      const { hashes } = await see();
      const { code, stdout } = await promote("--skip-analysis", "--reason", "0.2.0 answers nobody");
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining("without its analyses: 0.2.0 answers nobody"),
      ]);
      const done = await until(see, ({ phase, hashes: now }) => phase === "Healthy" && now[0] === hashes[1]);
      expect([done.stable, done.aborted]).toEqual([3, false]);
      const path = `{.metadata.annotations.${SKIPPED_ANNOTATION.replaceAll(".", "\\.")}}`;
      expect(JSON.parse(await world().field(NAMESPACE, "rollout/prod-app", path))).toMatchObject({
        reason: "0.2.0 answers nobody",
        from: hashes[0],
        to: hashes[1],
      });
      const again = await promote();
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("Nothing to promote")]);
    });

    test("a further sync leaves the Services with the version that Rollouts gave them", async () => {
      const { hashes } = await see();
      await until(
        () => world().app("prod"),
        ({ status }) => /^(Succeeded|Failed|Error)$/.test(status?.operationState?.phase ?? ""),
      );
      await world().sync("prod");
      await until(() => world().app("prod"), synced(world().repository.head("main")));
      expect([await selected("-stable"), await selected("-canary")]).toEqual([hashes[0], hashes[0]]);
    });
  });
}
