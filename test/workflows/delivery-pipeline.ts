import { generateKeyPairSync } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quickAnalyses } from "../argocd/canary";
import { Delivered, synced } from "../argocd/delivered";
import { ManifestsRepository } from "../argocd/repository";
import { AwsCli } from "../aws-cli";
import { builderSettings } from "../cli/artifact/image/builder-settings";
import { HttpRepository } from "../cli/gitops/http-repository";
import { Receiver } from "../cli/notify/receiver";
import { grype, trivy } from "../cli/scan/results";
import { FailingServer } from "../delivery/failing-server";
import { type Emulator, startEmulator } from "../emulator";
import { GitHub } from "../github/server";
import { syftFolder } from "../syft";
import { temporaryFolder } from "../temporary-folder";
import { until } from "../until";
import { REPOSITORY, WorkflowRepository } from "./act";
import type { WorkflowRun } from "./act-run";
import { BRANCHES, declaredImages, type Environment, makeAccount } from "./delivery-account";
import { ROOT } from "./judged";

/** The key by which PagerDuty knows who sends. */
const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

/** Declares the service's image in both environments, as the registry stacks do. */
const APP = `const { App, TerraformStack } = require("cdktf");
const app = new App();
for (const one of require("./deployables.json"))
  new TerraformStack(app, one.environment + "-registry").addOverride("output.deployables.value", [one]);
app.synth();
`;

/** An image that is soon made: its pods are simulated. */
const DOCKERFILE = `FROM scratch
ARG APP_VERSION=0
ENV APP_VERSION=\${APP_VERSION}
COPY image /
USER 1000:1000
`;

/**
 * Everything between a commit and pods, for the workflows by act: one repository of code and manifests, which asks for
 * GitHub's token, ECR and EKS of the emulator, a real control plane with Argo CD and Argo Rollouts, and who is told.
 */
export class DeliveryPipeline {
  /** What answers the callers of the service, and what its canary asks: pods are simulated. */
  callers!: FailingServer;
  slack!: Receiver;
  pagerDuty!: Receiver;
  delivered!: Delivered;
  private canary!: FailingServer;
  private emulator!: Emulator;
  private github!: GitHub;
  private repository!: WorkflowRepository;
  private git!: HttpRepository;
  private variables!: Readonly<Record<string, string>>;

  async start(): Promise<void> {
    this.emulator = await startEmulator();
    this.github = await GitHub.start();
    this.callers = await FailingServer.start({ ofTen: 0 });
    this.canary = await FailingServer.start({ ofTen: 0 });
    this.slack = await Receiver.slack();
    this.pagerDuty = await Receiver.pagerDuty(ROUTING_KEY);
    this.repository = new WorkflowRepository(this.emulator, this.github, APP);
    const { GITHUB_TOKEN = "" } = this.github.environment();
    this.writeProject();
    const manifests = new ManifestsRepository(this.repository.path);
    this.git = await HttpRepository.start(this.repository.path, GITHUB_TOKEN);
    this.writeDeclaration(manifests);
    this.delivered = await Delivered.start(
      {
        awsEndpoint: this.emulator.environment.AWS_ENDPOINT_URL ?? "",
        stateDirectory: this.emulator.stateDirectory,
      },
      manifests,
    );
    await makeAccount(this.emulator.environment);
    await this.deliver();
    this.variables = this.jobVariables();
  }

  async stop(): Promise<void> {
    await this.git?.stop();
    await this.delivered?.stop();
    this.repository?.remove();
    for (const one of [this.slack, this.pagerDuty, this.callers, this.canary, this.github, this.emulator])
      await one?.stop();
  }

  /** Commits a version of the service to `develop`. @returns the commit. */
  change(version: string): string {
    return this.delivered.repository.change(
      "develop",
      "services/app/Dockerfile",
      (text) => `${text}ENV RELEASE=${version}\n`,
    );
  }

  /** The digest that Git pins in an environment; undefined where it is a tag. */
  pinned(environment: Environment): string | undefined {
    const text = this.repository.git(
      "show",
      `${BRANCHES[environment]}:overlays/${environment}/kustomization.yaml`,
    );
    return /digest: (sha256:[0-9a-f]{64})/.exec(text)?.[1];
  }

  /** What the newest commit of an environment's branch says. */
  lastMessage(environment: Environment): string {
    return this.repository.git("log", "-1", "--format=%B", BRANCHES[environment]);
  }

  /** Image of the pods that the workload of an environment makes. */
  image(environment: Environment): Promise<string> {
    const kind = environment === "prod" ? "rollout" : "deployment";
    const path = "{.spec.template.spec.containers[0].image}";
    return this.delivered.field(`groundplan-${environment}`, `${kind}/${environment}-app`, path);
  }

  /** Runs cd-dev.yml for the newest commit of `develop`, with what Trivy finds in the image. */
  dev(run: number, found: Parameters<typeof trivy>[0] = []): Promise<WorkflowRun> {
    return this.run("cd-dev.yml", "refs/heads/develop", "develop", run, found);
  }

  /** Runs cd-prod.yml for a tag of the newest commit of `main`. */
  prod(run: number, tag: string): Promise<WorkflowRun> {
    this.repository.git("tag", tag, "main");
    return this.run("cd-prod.yml", `refs/tags/${tag}`, tag, run);
  }

  private run(
    workflow: string,
    ref: string,
    name: string,
    run: number,
    found: Parameters<typeof trivy>[0] = [],
  ): Promise<WorkflowRun> {
    // On a branch of its own: what a job pushes must not change what act reads, and Argo CD reads no detached HEAD.
    this.repository.git("checkout", "--quiet", "-B", "run", name);
    const after = this.repository.git("rev-parse", "HEAD");
    const event = { ref, after, repository: { full_name: REPOSITORY } };
    return this.repository.run(workflow, "push", event, run, {
      environment: {
        ...this.variables,
        STAND_IN_RUNS: join(this.repository.folder, `runs-${run}`),
        STAND_IN_FINDINGS: JSON.stringify({ trivy: trivy(found), grype: grype([]) }),
      },
      programs: [
        join(__dirname, "programs"),
        syftFolder(),
        new AwsCli(this.emulator.environment).environment.PATH ?? "",
      ],
      variables: { GROUNDPLAN_APP_URL: this.callers.url },
      secrets: {
        SLACK_WEBHOOK_URL: `${this.slack.url}/services/T0/B0/secret`,
        PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
      },
    });
  }

  private jobVariables(): Readonly<Record<string, string>> {
    const storage = temporaryFolder("delivery-images");
    const key = join(storage, "image.key");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    return {
      ...builderSettings(storage),
      // In place of the identity of the run, which Sigstore would have to know.
      GROUNDPLAN_SIGNING_KEY: key,
      PAGERDUTY_EVENTS_URL: `${this.pagerDuty.url}/v2/enqueue`,
      STAND_IN_REMOTE: this.git.url,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GITHUB_ACTOR: "octocat",
    };
  }

  /** The service, and workflows that ask it as often as they do, and faster. */
  private writeProject(): void {
    const filter = (path: string) => !/app\/(?:dist|node_modules)/.test(path);
    cpSync(join(ROOT, "services", "app"), join(this.repository.path, "services", "app"), {
      recursive: true,
      filter,
    });
    this.repository.write("services/app/Dockerfile", DOCKERFILE);
    this.repository.write("deployables.json", "[]");
    cpSync(join(ROOT, "tsconfig.base.json"), join(this.repository.path, "tsconfig.base.json"));
    // Beside the packages of the repository: what the service needs of a registry, which jobs cannot reach.
    const needed = ["prom-client", "typescript", "@types/node"];
    const links = needed.map((name) => `ln -sfn ${join(ROOT, "node_modules", name)} node_modules/${name}`);
    const link = ["mkdir -p node_modules/@types", ...links].join(" && ");
    const manifest = readFileSync(join(this.repository.path, "package.json"), "utf8");
    this.repository.write("package.json", manifest.replace("node -e 0", link));
    for (const name of ["cd-dev.yml", "cd-prod.yml"]) {
      const path = join(".github", "workflows", name);
      const text = readFileSync(join(this.repository.path, path), "utf8");
      this.repository.write(path, text.replace(/(--checks \d+) --seconds \d+/g, "$1 --seconds 5"));
    }
  }

  /** What the workflows read on every branch, and the quick analyses of the canary on prod's. */
  private writeDeclaration(manifests: ManifestsRepository): void {
    const analyses = quickAnalyses(this.canary.url);
    for (const branch of Object.values(BRANCHES)) {
      manifests.change(branch, analyses.path, () => analyses.text);
      manifests.change(branch, "deployables.json", () => JSON.stringify(declaredImages(this.git.url)));
    }
  }

  /** Has Argo CD deliver both environments: what ran before. */
  private async deliver(): Promise<void> {
    const { delivered } = this;
    await delivered.install("dev");
    await delivered.install("prod");
    await delivered.bridge("dev", "127.0.0.1");
    await delivered.bridge("prod", "localhost");
    await until(
      () => delivered.app("prod"),
      ({ status }) => status?.sync?.status === "OutOfSync",
    );
    await delivered.sync("prod");
    await until(() => delivered.app("prod"), synced(delivered.repository.head("main")));
    await until(
      () => delivered.field("groundplan-prod", "rollout/prod-app", "{.status.phase}"),
      (phase) => phase === "Healthy",
    );
    await until(() => delivered.app("dev"), synced(delivered.repository.head("develop")));
  }
}
