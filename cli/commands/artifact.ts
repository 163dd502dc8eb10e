import type { Command } from "commander";
import type { BuiltArtifact } from "../artifact/built";
import { buildArtifact } from "../artifact/lambda/build";
import { LAMBDA } from "../artifact/lambda/kind";
import { currentTable, listTable, shortCommit } from "../artifact/overview";
import { publish } from "../artifact/publish";
import { serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { megabytes } from "../console/words";
import { findProject } from "../project/project";
import { addDeploy, addPromote, addRollback } from "./artifact-deploy";
import { examples } from "./artifact-examples";
import {
  buildImageCommand,
  currentImagesCommand,
  listImagesCommand,
  publishImageCommand,
} from "./artifact-image";
import {
  type ImageFlags,
  refuseOptions,
  withGit,
  withImageBuild,
  withImagePublish,
} from "./artifact-image-options";
import { addPrune } from "./artifact-prune";

interface Flags extends ImageFlags {
  readonly service?: string;
  readonly json?: boolean;
  readonly forwardOnly?: boolean;
  readonly expect?: string;
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
