import type { Command } from "commander";
import type { BuiltArtifact } from "../artifact/built";
import { checkAgreement } from "../artifact/lambda/agreement";
import { buildArtifact } from "../artifact/lambda/build";
import { LAMBDA } from "../artifact/lambda/kind";
import { shortCommit } from "../artifact/overview";
import { publish } from "../artifact/publish";
import { serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayAside, sayJson } from "../console/output";
import { megabytes } from "../console/words";
import { findProject } from "../project/project";
import { examples } from "./artifact-examples";
import { type ImageFlags, refuseOptions, withImageBuild, withImagePublish } from "./artifact-image-options";

interface Flags extends ImageFlags {
  readonly json?: boolean;
  readonly forwardOnly?: boolean;
  readonly expect?: string;
  readonly typecheck?: boolean;
}

/** Adds `--no-typecheck`, which is spelled out. */
const withTypecheck = (command: Command): Command =>
  command.option("--no-typecheck", "build also when TypeScript finds errors of types");

/** Says what whoever built it should know, beside the output that another program reads. */
function sayWarnings({ service, warnings }: BuiltArtifact): void {
  for (const warning of warnings) sayAside(line`${paint.warning("warning")}: service ${service}: ${warning}`);
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

/** Adds `groundplan artifact build`. */
export function addBuild(artifact: Command): void {
  withImageBuild(
    withTypecheck(
      artifact
        .command("build")
        .argument("[service]", "the service, if there are several")
        .summary("build a service: a reproducible zip, or an image")
        .description(
          "Bundles a function into a zip in .groundplan/artifacts, and builds a service with a Dockerfile into an image there: the same bytes in any folder, at any time, on any machine. Nothing is uploaded.",
        ),
    )
      .option("--json", "print the result as JSON")
      .addHelpText("after", examples("build", "build api --json", "build app --builder buildah"))
      .action(async (name: string | undefined, flags: Flags) => {
        const project = findProject();
        const service = serviceNamed(project, name);
        if (service.kind === "image")
          return (await import("./artifact-image.js")).buildImageCommand(service, flags);
        refuseOptions("lambda", flags);
        const built = await buildArtifact(project, service, { typecheck: flags.typecheck ?? true });
        const { file, sha256, sourceCodeHash, commit, bytes, warnings } = built;
        sayWarnings(built);
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
            warnings,
          });
        else
          say(
            line`${paint.good("Built")} ${paint.strong(sha256.slice(0, 12))}: ${megabytes(bytes.length)}, ${file}`,
          );
      }),
  );
}

/** Adds `groundplan artifact publish`. */
export function addPublish(artifact: Command): void {
  withImagePublish(
    withImageBuild(
      withTypecheck(
        artifact
          .command("publish")
          .argument("[service]", "the service, if there are several")
          .summary("build, and upload what is not published yet")
          .description(
            "Builds a service and uploads the zip, if its hash is new, and notes it in the service's index. What was published last is the newest, also when its hash was known. An image goes to the repository of the first environment by its digest, then its SBOM, provenance and signature, then the tag of its commit.",
          ),
      )
        .option("--forward-only", "refuse when a later commit is already published, e.g. by a faster run")
        .option("--expect <sha256>", "refuse any other hash; expects e.g. what another job built")
        .option("--json", "print the result as JSON")
        .addHelpText("after", examples("publish", "publish api --json", "publish app --key image.key"))
        .action(async (name: string | undefined, flags: Flags) => {
          const service = serviceNamed(findProject(), name);
          if (service.kind === "image")
            return (await import("./artifact-image.js")).publishImageCommand(service, flags);
          refuseOptions("lambda", flags);
          const session = await Session.begin(LAMBDA, service.name, false);
          await session.checkPublisher();
          const { project, service: own } = session;
          checkAgreement(own, session.targets);
          const built = await buildArtifact(project, own, { typecheck: flags.typecheck ?? true });
          sayWarnings(built);
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
