import type { Command } from "commander";
import type { Artifact } from "../artifact/index-object";
import { type Deployed, type DeployProps, deploy } from "../artifact/lambda/deploy";
import { LAMBDA } from "../artifact/lambda/kind";
import { urlOf } from "../artifact/lambda/running";
import { TargetTerraform } from "../artifact/lambda/terraform";
import { shortCommit } from "../artifact/overview";
import { serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import { type Target, targetIn } from "../artifact/target";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { isTerminal, sayJson } from "../console/output";
import { type Progress, runSteps } from "../progress/tasks";
import { findProject } from "../project/project";
import { examples } from "./artifact-examples";
import { type ImageFlags, refuseOptions, withImagePin } from "./artifact-image-options";
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
  readonly sharedProvider?: boolean;
}

/** Adds `groundplan artifact deploy`. */
export function addDeploy(artifact: Command): void {
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
        if (service.kind === "image")
          return (await import("./artifact-image.js")).deployImageCommand(service, environment, flags);
        refuseOptions("lambda", flags);
        const session = await Session.begin(LAMBDA, service.name, !flags.skipSynth);
        const target = await session.target(environment);
        const artifact = await session.artifact(flags.to);
        if (flags.forwardOnly) await session.checkForward(target, artifact);
        await carryOut(session, target, artifact, flags.atOnce ? "at-once" : "deploy", flags);
      }),
  );
}

/** Adds `groundplan artifact promote`. */
export function addPromote(artifact: Command): void {
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
        if (service.kind === "image")
          return (await import("./artifact-image.js")).promoteImageCommand(service, environment, flags);
        refuseOptions("lambda", flags);
        const session = await Session.begin(LAMBDA, service.name, !flags.skipSynth);
        const target = await session.target(environment);
        const from = flags.from === undefined ? undefined : targetIn(session.targets, flags.from);
        const promoted = await session.promoted(target, from);
        await carryOut(session, target, promoted, flags.atOnce ? "at-once" : "deploy", flags);
      }),
  );
}

/** Adds `groundplan artifact rollback`. */
export function addRollback(artifact: Command): void {
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
        if (service.kind === "image")
          return (await import("./artifact-image.js")).rollBackImageCommand(service, environment, flags);
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
