import { ApiServer } from "../gitops/api-server";
import { digestOf, git, RemoteRepository } from "../gitops/remote-repository";
import { build, groundplan } from "../groundplan";
import { PlainApp } from "../plain-app";

const IMAGE = {
  kind: "image",
  environment: "prod",
  service: "app",
  region: "cn-north-1",
  account: "123456789012",
  repository: "groundplan/prod/app",
  immutableTags: true,
  gitops: {
    repository: "https://github.example/owner/platform",
    revision: "main",
    path: "overlays/prod",
    image: "app",
    application: "groundplan-prod",
    namespace: "groundplan-prod",
    workload: "prod-app",
    rollout: false,
  },
};

const stack = (...images: readonly object[]) => ({ json: { output: { deployables: { value: images } } } });

let app: PlainApp;
let remote: RemoteRepository;

beforeAll(() => {
  build();
  remote = new RemoteRepository();
  app = new PlainApp({ registry: stack(IMAGE, { ...IMAGE, environment: "dev", account: undefined }) });
  // The checkout of the declared repository, by another protocol; git takes the local one in its place.
  git(app.path, "init", "--quiet");
  git(app.path, "remote", "add", "origin", "git@github.example:owner/platform.git");
});
afterAll(() => app.remove());

const run = (...args: readonly string[]) =>
  groundplan(["gitops", ...args], {
    cwd: app.path,
    env: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.${remote.url}.insteadOf`,
      GIT_CONFIG_VALUE_0: "git@github.example:owner/platform.git",
    },
  });

test("the stacks say where an image is set, and the checkout of that repository how it is reached", async () => {
  const { code, stdout, stderr } = await run("set-image", "prod", "app", digestOf("a"), "--json");
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout.slice(stdout.indexOf("{")))).toMatchObject({
    format: "groundplan.gitops.image",
    environment: "prod",
    service: "app",
    changed: true,
    commit: remote.log()[0],
    image: {
      newName: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/groundplan/prod/app",
      digest: digestOf("a"),
    },
    before: { newTag: "0.1.0" },
  });
  const again = await run("set-image", "prod", "app", digestOf("a"), "--skip-synth");
  expect(again.stdout).toMatch(/Unchanged: app in prod is sha256:aaaaaaaaaaaa since commit [0-9a-f]{40}/);
  const back = await run("revert", "prod", "app", "--skip-synth", "--reason", "a bad one");
  expect(back.stdout).toMatch(/Reverted app in prod to 0\.1\.0, from sha256:aaaaaaaaaaaa: commit/);
  expect(remote.message()).toMatch(/^Revert app in prod: 0\.1\.0\n\na bad one\n/);
});

test("what is not declared, and what has no account, is told with what is, and what to write", async () => {
  const fails = async (...args: readonly string[]) => {
    const { code, stderr } = await run(...args, "--skip-synth");
    return `${code} ${stderr}`;
  };
  expect(await fails("set-image", "dev", "app", digestOf("a"))).toMatch(
    /^2 .*which repository of a registry.*--new-name/s,
  );
  expect(await fails("set-image", "prod", "web", digestOf("a"))).toMatch(
    /^2 .*declared: app in prod, app in dev/s,
  );
  expect(await fails("wait", "qa")).toMatch(
    /^2 .*no stack declares an image of environment "qa"\n {2}use one of prod, dev/s,
  );
  expect(await fails("wait", "prod", "--revision", "main", "--kubeconfig", "none")).toMatch(
    /^2 .*"main" is no commit/s,
  );
  expect(await fails("wait", "prod", "--timeout", "5")).toMatch(/^2 .*use a number with its unit/s);
  expect(await fails("status", "--kubeconfig", "none")).toMatch(/^0 $/);
  expect(await fails("promote-canary", "prod", "web")).toMatch(/^2 .*declared: app in prod, app in dev/s);
});

test("a canary is promoted where the stacks say that it runs, in the cluster of the environment", async () => {
  const server = await ApiServer.start();
  server.objects.set("/apis/argoproj.io/v1alpha1/namespaces/groundplan-prod/rollouts/prod-app", {
    spec: { strategy: { canary: {} } },
    status: { stableRS: "old", currentPodHash: "new", pauseConditions: [{ reason: "CanaryPauseStep" }] },
  });
  const where = ["--kubeconfig", server.kubeconfig(), "--context", "test", "--skip-synth"];
  const { code, stdout, stderr } = await run("promote-canary", "prod", "app", ...where);
  await server.stop();
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("new takes over from old in prod-app");
});
