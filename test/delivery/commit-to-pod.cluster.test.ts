import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { nodeObstacle } from "../../local/cluster";
import { Delivered } from "../argocd/delivered";
import { ImageProject } from "../cli/artifact/image/image-project";
import { build } from "../cli/groundplan";
import { type Emulator, startEmulator } from "../emulator";
import { until } from "../until";
import { NodeNetwork } from "./node-network";

const onNode = nodeObstacle() === undefined || process.env.CI === "true" ? describe : describe.skip;

/** The share of its requests that the bad version fails. */
const ERROR_RATE = 0.2;

onNode("from a commit to pods that answer", () => {
  let emulator: Emulator;
  let project: ImageProject;
  let delivered: Delivered;
  let network: NodeNetwork;
  let base: string;

  beforeAll(async () => {
    build();
    emulator = await startEmulator();
    for (const [key, value] of Object.entries(emulator.environment)) process.env[key] = value;
    delivered = await Delivered.start({
      nodes: "real",
      awsEndpoint: emulator.environment.AWS_ENDPOINT_URL ?? "",
      stateDirectory: emulator.stateDirectory,
    });
    network = new NodeNetwork(await delivered.cluster.programs());
    project = new ImageProject(emulator.environment, delivered.repository.path);
    const ecr = new ECRClient({ region: "us-east-1" });
    for (const environment of ["dev", "prod"]) {
      const repositoryName = `groundplan/${environment}/app`;
      await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: "IMMUTABLE" }));
    }
    base = await project.makeBase();
  });

  afterAll(async () => {
    await delivered?.stop();
    await emulator?.stop();
  });

  /** Runs `groundplan gitops` in the project. @returns what it printed. @throws when it failed. */
  async function gitops(command: string, environment: string, ...args: readonly string[]) {
    const where = ["--skip-synth", "--repository", project.url, "--kubeconfig", delivered.cluster.kubeconfig];
    const run = await project.groundplan("gitops", command, environment, ...args, ...where, "--json");
    if (run.code !== 0) throw new Error(`gitops ${command} ended with ${run.code}\n${run.output}`);
    return JSON.parse(run.stdout);
  }

  /** Commits a version, publishes its image, and pins that in dev. @returns the digest, and the commit of the pin. */
  async function release(version: string): Promise<{ readonly digest: string; readonly revision: string }> {
    project.commit(version);
    const build = ["--base", base, "--build-arg", `APP_VERSION=${version}`, "--no-sbom"];
    await project.printed("publish", "app", ...build, "--key", project.key("own"));
    return project.printed("deploy", "dev", ...project.pin);
  }

  const promote = () =>
    project.printed<{ digest: string; revision: string }>("promote", "prod", "--from", "dev", ...project.pin);

  const addressOf = (environment: string) =>
    delivered.field(`groundplan-${environment}`, `service/${environment}-app`, "{.spec.clusterIP}");

  const version = async (environment: string) =>
    JSON.parse(await network.fetch(`http://${await addressOf(environment)}/version`));

  test("a commit is built, pushed, set in Git, synced by Argo CD, and answers in dev", async () => {
    const { digest, revision } = await release("1");
    // Not before there is an image: a sync that waits for pods without one lets no later commit in.
    await delivered.install("dev");
    await delivered.bridge("dev", "127.0.0.1");
    expect(await gitops("wait", "dev", "--revision", revision)).toMatchObject({
      applications: [{ application: "groundplan-dev", revision }],
    });
    expect(await version("dev")).toEqual({ version: "1", environment: "dev" });
    const image = await delivered.field("groundplan-dev", "pods", "{.items[0].spec.containers[0].image}");
    expect(image).toBe(`123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/app@${digest}`);
  });

  test("what runs in dev is promoted to prod by its digest, and answers there", async () => {
    const { digest, revision } = await promote();
    expect(digest).toBe(project.pinned("dev"));
    await delivered.install("prod");
    await delivered.bridge("prod", "localhost");
    await gitops("wait", "prod", "--revision", revision, "--sync");
    expect(await version("prod")).toEqual({ version: "1", environment: "prod" });
  });

  test("a version that fails a fifth of its requests goes no further than its canary, and Git goes back", async () => {
    const stable = project.pinned("prod");
    appendFileSync(join(project.folder, "services", "app", "Dockerfile"), `ENV ERROR_RATE=${ERROR_RATE}\n`);
    await release("2");
    const client = network.poll(`http://${await addressOf("prod")}/version`);
    const { digest, revision } = await promote();
    expect(digest).not.toBe(stable);
    const reached = await project.groundplan(
      ...["gitops", "wait", "prod", "--revision", revision, "--sync", "--timeout", "8m"],
      ...["--skip-synth", "--repository", project.url, "--kubeconfig", delivered.cluster.kubeconfig],
    );
    expect(reached).toMatchObject({ code: 1, output: expect.stringMatching(/Degraded|abort/) });
    const rollout = "rollout/prod-app";
    expect(await delivered.field("groundplan-prod", rollout, "{.status.abort}")).toBe("true");

    const back = await gitops("rollback", "prod", "app", "--reason", "a fifth of the requests failed");
    expect(back).toMatchObject({ changed: true, image: { digest: stable } });
    expect(project.pinned("prod")).toBe(stable);
    const healthy = await until(
      () => delivered.field("groundplan-prod", rollout, "{.status.phase}"),
      (phase) => phase === "Healthy",
    );
    expect(healthy).toBe("Healthy");
    // The pods of the first version stayed: nobody was refused, and only the canary's share of the answers failed.
    const { answers, failed, unreachable, versions } = await client.stop();
    expect(unreachable).toEqual([]);
    expect(versions).toContain("1");
    expect(answers).toBeGreaterThan(100);
    expect(failed / answers).toBeLessThan(ERROR_RATE / 2);
    // What was rolled back is not promoted again.
    expect(await project.artifact("promote", "prod", "--from", "dev", ...project.pin)).toMatchObject({
      code: 4,
    });
  });
});
