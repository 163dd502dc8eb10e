import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../../temporary-folder";
import { build, groundplan, startGroundplan } from "../groundplan";
import { ApiServer } from "./api-server";
import { digestOf, RemoteRepository } from "./remote-repository";

const NEW_NAME = "registry.example/prod/app";
const FILE = "overlays/prod/kustomization.yaml";
const APPLICATION = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/prod";
const ROLLOUT = "/apis/argoproj.io/v1alpha1/namespaces/prod/rollouts/prod-app";
const PODS = "/api/v1/namespaces/prod/pods";

let remote: RemoteRepository;
let server: ApiServer;
let kubeconfig: string;
const cwd = temporaryFolder("rollback");

beforeAll(build);

beforeEach(async () => {
  remote = new RemoteRepository(["prod"]);
  server = await ApiServer.start();
  kubeconfig = server.kubeconfig();
  for (const letter of ["a", "b"]) {
    const text = remote.checkedOut(FILE).replace(/newTag: .*|digest: .*/, `digest: ${digestOf(letter)}`);
    remote.write(FILE, text.replace(/newName: .*/, `newName: ${NEW_NAME}`));
    remote.commit(`set ${letter}`);
  }
  // A canary of b at its first step, over a.
  server.objects.set(ROLLOUT, {
    spec: { strategy: { canary: { steps: [{}, {}, {}] } }, selector: { matchLabels: { app: "app" } } },
    status: {
      phase: "Paused",
      stableRS: "aaa",
      currentPodHash: "bbb",
      currentStepIndex: 0,
      canary: { weights: { canary: { weight: 10 } } },
    },
  });
  server.objects.set(PODS, { items: ["a", "a", "b"].map((letter) => pod(letter)) });
  synced(remote.log()[0] ?? "");
});

afterEach(() => server.stop());

const pod = (letter: string) => ({
  spec: { containers: [{ image: "proxy:1" }, { image: `${NEW_NAME}@${digestOf(letter)}` }] },
  status: { conditions: [{ type: "Ready", status: "True" }] },
});

/** Argo CD has synced a commit, and it is healthy. */
function synced(revision: string, more: object = {}): void {
  server.objects.set(APPLICATION, {
    metadata: { name: "prod", resourceVersion: "1" },
    spec: { syncPolicy: {} },
    status: { sync: { status: "Synced", revision }, health: { status: "Healthy" }, ...more },
  });
}

/** Plays Argo CD: it compares when it is asked to, and syncs when it is asked to. */
function playArgoCd(): void {
  server.afterCall = (call) => {
    if (!call.startsWith(`PATCH ${APPLICATION}`)) return;
    const { operation } = server.objects.get(APPLICATION) ?? {};
    const head = remote.log()[0] ?? "";
    synced(head, operation ? {} : { sync: { status: "OutOfSync", revision: head } });
  };
}

const args = (command: string, ...more: readonly string[]) =>
  [
    "gitops",
    command,
    "prod",
    ...(command === "status" ? ["--service"] : []),
    "app",
    "--repository",
    remote.url,
  ]
    .concat(["--path", "overlays/prod", "--kubeconfig", kubeconfig, "--application", "prod"])
    .concat(["--namespace", "prod", "--workload", "prod-app", "--rollout", ...more]);

const run = (command: string, ...more: readonly string[]) =>
  groundplan(args(command, ...more), { cwd, env: { GITHUB_ACTOR: "octocat" } });

const digest = () => /digest: (\S+)/.exec(remote.read(FILE))?.[1];
const aborts = () =>
  server.patches.filter(({ path }) => path === `${ROLLOUT}/status`).map(({ patch }) => patch);

test("aborts the canary, reverts Git, holds it, has it synced, and waits for that commit; a second run does nothing", async () => {
  playArgoCd();
  const first = await run("rollback", "--reason", "errors at 12 %");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(
    /Abort the rollout of prod-app: aborted.*Take the image back.*Wait until it runs: [0-9a-f]{12} is synced and healthy.*Rolled back app in prod to sha256:aaaaaaaaaaaa.*it is held there/s,
  );
  expect(aborts()).toEqual([{ status: { abort: true } }]);
  expect(digest()).toBe(digestOf("a"));
  expect(remote.message()).toMatch(/^Roll back app in prod: sha256:aaaaaaaaaaaa\n\nerrors at 12 %\n/);
  const commits = remote.log();

  const status = await run("status");
  expect(status.stdout).toMatch(
    /aaaaaaaaaaaa \(held\).*Healthy.*the canary was aborted\nHeld: app in prod since .* by octocat: errors at 12 %/s,
  );

  const second = await run("rollback", "--json");
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining("done before, by commit")]);
  expect(JSON.parse(second.stdout)).toMatchObject({
    changed: false,
    rollout: "aborted before",
    commit: commits[0],
    reached: { exact: true },
  });
  expect(remote.log()).toEqual(commits);
  expect(aborts()).toHaveLength(1);
});

test("Git that cannot be reached: the canary is aborted, what is left is named, and the next run does it", async () => {
  remote.hook("pre-receive", "echo 'disk is full' >&2; exit 1");
  const first = await run("rollback");
  expect(first.code).toBe(1);
  expect(first.stderr).toMatch(
    /disk is full.*done: the rollout is aborted\n {2}left: to take the image back in Git; to wait until it runs\n {2}run it again.*rollback prod app/s,
  );
  expect([digest(), aborts().length]).toEqual([digestOf("b"), 1]);
  remote.hook("pre-receive", "exit 0");
  playArgoCd();
  expect(await run("rollback")).toMatchObject({ code: 0 });
  expect([digest(), aborts().length]).toEqual([digestOf("a"), 1]);
});

test("a cluster that cannot be reached: Git is reverted all the same; Argo CD that is down is waited for, and named", async () => {
  server.faults.push(...Array.from({ length: 400 }, () => "broken" as const));
  const first = await run("rollback", "--timeout", "1s");
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(
    /Abort the rollout of prod-app: not aborted, going on: the Kubernetes API cannot be reached/,
  );
  expect(first.stderr).toMatch(
    /seen last: the Kubernetes API cannot be reached.*done: Git has sha256:aaaaaaaaaaaa by commit .*left: the rollout was not reached; to wait until it runs/s,
  );
  expect(digest()).toBe(digestOf("a"));
  server.faults.splice(0);
  // The API is back, and nobody acts on what it is told: yesterday's Synced is no end.
  const second = await run("rollback", "--timeout", "1s");
  expect(second.stderr).toMatch(/seen last: Argo CD has seen [0-9a-f]{12}, and not this commit/);
  playArgoCd();
  expect(await run("rollback")).toMatchObject({ code: 0 });
  expect(remote.log()).toHaveLength(4);
});

test("Ctrl-C while it asks a cluster that does not answer ends it there: Git stays as it is", async () => {
  server.faults.push(...Array.from({ length: 400 }, () => "broken" as const));
  const asking = startGroundplan(args("rollback"), { cwd }, "pipe");
  let printed = "";
  asking.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk;
  });
  const ended = new Promise((resolve) => asking.once("close", resolve));
  await until(() => server.calls.includes(`GET ${ROLLOUT}`));
  asking.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(printed).not.toContain("going on");
  expect(digest()).toBe(digestOf("b"));
});

test("Ctrl-C while it pushes names the commit, which may arrive all the same", async () => {
  const held = join(remote.bare, "held");
  remote.hook("pre-receive", `touch ${held}; sleep 2`);
  const pushing = startGroundplan(args("rollback"), { cwd }, "pipe");
  let said = "";
  pushing.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const ended = new Promise((resolve) => pushing.once("close", resolve));
  await until(() => existsSync(held));
  pushing.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said).toMatch(
    /commit [0-9a-f]{40} may have arrived in main all the same\n {2}look first: git ls-remote/,
  );
});

test("killed while it pushes and while it waits, the next run does what is left", async () => {
  const held = join(remote.bare, "held");
  remote.hook(
    "pre-receive",
    `[ -e ${held} ] || { touch ${held}; while [ -e ${held}.wait ]; do sleep 0.1; done; }`,
  );
  writeFileSync(`${held}.wait`, "");
  const pushing = startGroundplan(args("rollback"), { cwd });
  await until(() => existsSync(held));
  await killed(pushing);
  expect(aborts()).toHaveLength(1);
  // The git of the run that was killed comes to its end: what it pushes now is found, or found to be there already.
  rmSync(`${held}.wait`);

  const waiting = startGroundplan(args("rollback"), { cwd });
  await until(() => server.calls.some((call) => call === `PATCH ${APPLICATION}`));
  await killed(waiting);
  expect(digest()).toBe(digestOf("a"));
  const commits = remote.log();
  expect(commits).toHaveLength(4);
  playArgoCd();
  expect(await run("rollback")).toMatchObject({ code: 0 });
  // What the killed runs have left beside the checkout is gone.
  const left = new RegExp(`^groundplan-git-(${pushing.pid}|${waiting.pid})-`);
  expect(readdirSync(tmpdir()).filter((name) => left.test(name))).toEqual([]);
  expect(remote.log()).toEqual(commits);
  expect(aborts()).toHaveLength(1);
});

test("status says what Git has, what runs, how far the canary is; wait and set-image print what they did", async () => {
  const status = await run("status", "--json");
  expect(JSON.parse(status.stdout)).toMatchObject({
    services: [
      {
        environment: "prod",
        git: { image: `${NEW_NAME}@${digestOf("b")}`, commit: remote.log()[0], held: null, refused: [] },
        cluster: {
          application: { sync: "Synced", health: "Healthy" },
          running: [
            { image: `${NEW_NAME}@${digestOf("a")}`, ready: 2, pods: 2 },
            { image: `${NEW_NAME}@${digestOf("b")}`, ready: 1, pods: 1 },
          ],
          rollout: { phase: "Paused", step: 0, steps: 3, weight: 10, inProgress: true },
        },
        verdict: "canary: step 1 of 3, 10 %, paused",
      },
    ],
  });
  const waited = await groundplan(
    [
      "gitops",
      "wait",
      "prod",
      "--application",
      "prod",
      "--repository",
      remote.url,
      "--kubeconfig",
      kubeconfig,
    ].concat(["--revision", (remote.log()[1] ?? "").slice(0, 10), "--json"]),
    { cwd },
  );
  expect(JSON.parse(waited.stdout)).toMatchObject({
    wanted: remote.log()[1],
    applications: [{ application: "prod", revision: remote.log()[0], exact: false }],
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 600_000; !holds(); await sleep(50)) {
    if (Date.now() > end) throw new Error("it never came so far");
  }
}

async function killed(child: ReturnType<typeof startGroundplan>): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
