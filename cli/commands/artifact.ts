import type { Command } from "commander";
import type { BuiltArtifact } from "../artifact/built";
import type { Artifact } from "../artifact/index-object";
import { buildArtifact } from "../artifact/lambda/build";
import { type Deployed, type DeployProps, deploy } from "../artifact/lambda/deploy";
import { LAMBDA } from "../artifact/lambda/kind";
import { urlOf } from "../artifact/lambda/running";
import { TargetTerraform } from "../artifact/lambda/terraform";
import { currentTable, listTable, shortCommit } from "../artifact/overview";
import { publish } from "../artifact/publish";
import { serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import { type Target, targetIn } from "../artifact/target";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { isTerminal, line, paint, say, sayJson } from "../console/output";
import { megabytes } from "../console/words";
import { type Progress, runSteps } from "../progress/tasks";
import { findProject } from "../project/project";
import { examples } from "./artifact-examples";
import {
  buildImageCommand,
  currentImagesCommand,
  deployImageCommand,
  listImagesCommand,
  promoteImageCommand,
  publishImageCommand,
  rollBackImageCommand,
} from "./artifact-image";
import {
  type ImageFlags,
  refuseOptions,
  withGit,
  withImageBuild,
  withImagePin,
  withImagePublish,
} from "./artifact-image-options";
import { addPrune } from "./artifact-prune";
import { withSharing } from "./options";

interface Flags extends ImageFlags {
  readonly service?: string;
  readonly json?: boolean;
  readonly to?: string;
  readonly of?: string;
  readonly from?: string;
  readonly atOnce?: boolean;
  readonly skipSynth?: boolean;
  readonly forwardOnly?: boolean;
  readonly expect?: string;
  readonly sharedProvider?: boolean;
}

/** @throws CliError when something else was built than another job says. */
function checkExpected({ sha256, service }: BuiltArtifact, expected: string): void {
  if (sha256 === expected) return;
  throw new CliError(
    EXIT.FAILED,
    `the build of ${service} is ${sha256.slice(0, 12)}, and ${expected.slice(0, 12)} was expected`,
    "nothing was published",
    "build from the same commit with the same lockfile",
  );
}

/** Adds `groundplan artifact`. */
export function addArtifact(program: Command): void {
  const artifact = program
    .command("artifact")
    .summary("build services, deploy them, and roll them back")
    .description(
      "Builds the services of this project into artifacts, publishes them once, and pins them in environments.",
    )
    .addHelpText("after", examples("publish api", "deploy dev", "promote staging", "rollback prod"));
  addBuild(artifact);
  addPublish(artifact);
  addOverviews(artifact);
  addDeploy(artifact);
  addPromote(artifact);
  addRollback(artifact);
  addPrune(artifact);
}

function addBuild(artifact: Command): void {
  withImageBuild(
    artifact
      .command("build")
      .argument("[service]", "the service, if there are several")
      .summary("build a service: a reproducible zip, or an image")
      .description(
        "Bundles a function into a zip in .groundplan/artifacts, and builds a service with a Dockerfile into an image there: the same bytes in any folder, at any time, on any machine. Nothing is uploaded.",
      )
      .option("--json", "print the result as JSON")
      .addHelpText("after", examples("build", "build api --json", "build app --builder buildah"))
      .action(async (name: string | undefined, flags: Flags) => {
        const project = findProject();
        const service = serviceNamed(project, name);
        if (service.kind === "image") return buildImageCommand(service, flags);
        refuseOptions("lambda", flags);
        const { file, sha256, sourceCodeHash, commit, bytes } = await buildArtifact(project, service);
        if (flags.json)
          sayJson({
            format: "groundplan.artifact.build",
            version: 1,
            service: service.name,
            file,
            sha256,
            sourceCodeHash,
            commit,
            size: bytes.length,
          });
        else
          say(
            line`${paint.good("Built")} ${paint.strong(sha256.slice(0, 12))}: ${megabytes(bytes.length)}, ${file}`,
          );
      }),
  );
}

function addPublish(artifact: Command): void {
  withImagePublish(
    withImageBuild(
      artifact
        .command("publish")
        .argument("[service]", "the service, if there are several")
        .summary("build, and upload what is not published yet")
        .description(
          "Builds a service and uploads the zip, if its hash is new, and notes it in the service's index. What was published last is the newest, also when its hash was known. An image goes to the repository of the first environment by its digest, then its SBOM, provenance and signature, then the tag of its commit.",
        )
        .option("--forward-only", "refuse when a later commit is already published, e.g. by a faster run")
        .option("--expect <sha256>", "refuse any other hash; expects e.g. what another job built")
        .option("--json", "print the result as JSON")
        .addHelpText("after", examples("publish", "publish api --json", "publish app --key image.key"))
        .action(async (name: string | undefined, flags: Flags) => {
          const service = serviceNamed(findProject(), name);
          if (service.kind === "image") return publishImageCommand(service, flags);
          refuseOptions("lambda", flags);
          const session = await Session.begin(LAMBDA, service.name, false);
          await session.checkPublisher();
          const built = await buildArtifact(session.project, session.service);
          if (flags.expect !== undefined) checkExpected(built, flags.expect);
          if (flags.forwardOnly) await session.checkLatest();
          const { artifact: published, isNew } = await publish(session.store, built);
          if (flags.json)
            return sayJson({
              format: "groundplan.artifact.publish",
              version: 1,
              service: session.service.name,
              ...published,
              isNew,
            });
          const { sha256, size, commit, time } = published;
          const what = isNew
            ? `${paint.good("Published")} ${paint.strong(sha256.slice(0, 12))}: ${megabytes(size)}`
            : `${paint.good("Published before")}: ${paint.strong(sha256.slice(0, 12))}; it is the newest again, from ${shortCommit(commit)} at ${time}`;
          say(line`${what}, s3://${session.store.location.bucket}/${published.key}`);
        }),
    ),
  );
}

function addOverviews(artifact: Command): void {
  withGit(
    artifact
      .command("list")
      .argument("[service]", "the service, if there are several")
      .summary("what is published, the newest first, and what keeps it")
      .description(
        "Lists what is published of a service, the newest first, with what keeps it: the environments that are pinned to it or may go back to it, or that it is new.",
      )
      .option("--json", "print the result as JSON")
      .addHelpText("after", examples("list", "list api --json", "list app"))
      .action(async (name: string | undefined, flags: Flags) => {
        const service = serviceNamed(findProject(), name);
        if (service.kind === "image") return listImagesCommand(service, flags);
        refuseOptions("lambda", flags);
        await listTable(await Session.begin(LAMBDA, service.name, false), flags.json ?? false);
      }),
  );
  withGit(
    artifact
      .command("current")
      .argument("[service]", "the service, if there are several")
      .summary("what each environment is pinned to, and what it runs")
      .description("Shows what each environment is pinned to, and whether that is what its callers get.")
      .option("--json", "print the result as JSON")
      .addHelpText("after", examples("current", "current api --json"))
      .action(async (name: string | undefined, flags: Flags) => {
        const service = serviceNamed(findProject(), name);
        if (service.kind === "image") return currentImagesCommand(service, flags);
        refuseOptions("lambda", flags);
        await currentTable(await Session.begin(LAMBDA, service.name, false), flags.json ?? false);
      }),
  );
}

function addDeploy(artifact: Command): void {
  withImagePin(
    withSharing(
      artifact
        .command("deploy")
        .argument("<environment>", "environment to deploy to")
        .summary("deploy a published artifact to an environment")
        .description(
          "Pins an artifact in an environment, and lets Terraform deploy it to the function: at once, or gradually, as the environment's settings say. An image is pinned by a commit in the Git repository that Argo CD deploys from. After an interruption, run the same command again.",
        )
        .option("--service <name>", "the service, if there are several")
        .option("--skip-synth", "use the stacks as they were last synthesized")
        .option("--to <artifact>", "hash, commit or object version (default: the newest)")
        .option("--at-once", "switch all callers at once, whatever the environment's settings say")
        .option("--forward-only", "refuse to replace what was published later, e.g. by a faster run"),
    )
      .option("--json", "print the result as JSON")
      .addHelpText(
        "after",
        examples("deploy dev", "deploy dev --to 3f9a2c", "deploy prod --to 3f9a2c --at-once"),
      )
      .action(async (environment: string, flags: Flags) => {
        const service = serviceNamed(findProject(), flags.service);
        if (service.kind === "image") return deployImageCommand(service, environment, flags);
        refuseOptions("lambda", flags);
        const session = await Session.begin(LAMBDA, service.name, !flags.skipSynth);
        const target = await session.target(environment);
        const artifact = await session.artifact(flags.to);
        if (flags.forwardOnly) await session.checkForward(target, artifact);
        await carryOut(session, target, artifact, flags.atOnce ? "at-once" : "deploy", flags);
      }),
  );
}

function addPromote(artifact: Command): void {
  withImagePin(
    withSharing(
      artifact
        .command("promote")
        .argument("<environment>", "environment to promote to")
        .summary("deploy what runs in the previous environment")
        .description(
          "Deploys the artifact that all callers get in the previous environment. Nothing is rebuilt. The image that the previous environment is pinned to is verified, copied by its digest with its signatures, and pinned by a commit.",
        )
        .option("--service <name>", "the service, if there are several")
        .option("--skip-synth", "use the stacks as they were last synthesized")
        .option("--from <environment>", "environment to promote from (default: the previous one)")
        .option("--at-once", "switch all callers at once, whatever the environment's settings say"),
    )
      .option("--json", "print the result as JSON")
      .addHelpText(
        "after",
        examples("promote staging", "promote prod --from dev", "promote staging --service app"),
      )
      .action(async (environment: string, flags: Flags) => {
        const service = serviceNamed(findProject(), flags.service);
        if (service.kind === "image") return promoteImageCommand(service, environment, flags);
        refuseOptions("lambda", flags);
        const session = await Session.begin(LAMBDA, service.name, !flags.skipSynth);
        const target = await session.target(environment);
        const from = flags.from === undefined ? undefined : targetIn(session.targets, flags.from);
        const promoted = await session.promoted(target, from);
        await carryOut(session, target, promoted, flags.atOnce ? "at-once" : "deploy", flags);
      }),
  );
}

function addRollback(artifact: Command): void {
  withImagePin(
    withSharing(
      artifact
        .command("rollback")
        .argument("<environment>", "environment to roll back")
        .summary("go back to the artifact that ran before, or to another")
        .description(
          "Switches all callers at once to the artifact that ran before, by a new pin, a plan and an apply; to an image that ran before, by a commit. Run it again to go further back.",
        )
        .option("--service <name>", "the service, if there are several")
        .option("--skip-synth", "use the stacks as they were last synthesized")
        .option("--to <artifact>", "hash, commit or object version (default: the one that ran before)")
        .option("--of <artifact>", "refuse when another artifact is pinned, e.g. by a faster run"),
    )
      .option("--json", "print the result as JSON")
      .addHelpText(
        "after",
        examples("rollback prod", "rollback prod --to 3f9a2c", "rollback prod --service app"),
      )
      .action(async (environment: string, flags: Flags) => {
        const service = serviceNamed(findProject(), flags.service);
        if (service.kind === "image") return rollBackImageCommand(service, environment, flags);
        refuseOptions("lambda", flags);
        const session = await Session.begin(LAMBDA, service.name, !flags.skipSynth);
        const target = await session.target(environment);
        if (flags.of !== undefined) await session.checkPinned(target, flags.of);
        await carryOut(session, target, await session.rolledBack(target, flags.to), "rollback", flags);
      }),
  );
}

/** A log gets lines that differ in their numbers alone once: a countdown of ten minutes is one line. */
export function onceInARow(progress: Progress): Progress {
  let last = "";
  return (line) => {
    const shape = line.replaceAll(/\d+/g, "");
    if (shape !== last) progress(line);
    last = shape;
  };
}

async function carryOut(
  session: Session,
  target: Target,
  artifact: Artifact,
  how: DeployProps["how"],
  { json = false, sharedProvider: shareProvider = true }: Flags,
): Promise<void> {
  const terraform = await session.terraform();
  const results: Deployed[] = [];
  const title = `${target.service} in ${target.environment}: ${artifact.sha256.slice(0, 12)}`;
  const step = {
    title,
    tells: true,
    run: async (_: object, progress: (line: string) => void) => {
      const told = isTerminal() ? progress : onceInARow(progress);
      const result = await deploy({
        terraform: new TargetTerraform(target, { ...terraform, shareProvider, progress: told }),
        progress: told,
        store: session.store,
        target,
        artifact,
        how,
      });
      results.push(result);
      return result.outcome === "unchanged"
        ? `runs already, from commit ${shortCommit(result.commit)}`
        : result.outcome;
    },
  };
  await runSteps([step], {}, json);
  const [result] = results;
  // With where it answers, for whoever asks it then.
  if (json)
    sayJson({ format: "groundplan.artifact.deploy", version: 1, ...result, url: await urlOf(target) });
  if (result?.outcome !== "pinned") return;
  throw new CliError(
    EXIT.FAILED,
    `nothing runs in ${target.environment}: its stack is not deployed; ${artifact.sha256.slice(0, 12)} is pinned for its first deploy`,
    `deploy it: npx cdktf deploy ${target.stack.name}`,
  );
}
