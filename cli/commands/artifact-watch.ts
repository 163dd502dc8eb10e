import { join, sep } from "node:path";
import type { Command } from "commander";
import { buildContent } from "../artifact/lambda/build";
import { HERE } from "../artifact/lambda/check";
import { LAMBDA } from "../artifact/lambda/kind";
import { checkLocal, deployLocally, restorePinned } from "../artifact/lambda/local-deploy";
import { runningOf } from "../artifact/lambda/running";
import { checkTypes } from "../artifact/lambda/typecheck";
import { type Service, serviceNamed } from "../artifact/service";
import { Session } from "../artifact/session";
import type { Target } from "../artifact/target";
import { logEvents } from "../aws/log-events";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayProblem } from "../console/output";
import { page } from "../console/pages";
import { interrupted } from "../process/interrupts";
import { findProject, type Project } from "../project/project";
import { watchFiles } from "../watch/watch";
import { examples } from "./artifact-examples";

interface Flags {
  readonly service?: string;
  readonly typecheck: boolean;
  readonly logs: boolean;
}

/** Milliseconds between two looks at the local AWS's logs. */
const LOOK = 500;

/** Adds `groundplan artifact watch`. */
export function addWatchDeploy(artifact: Command): void {
  artifact
    .command("watch")
    .argument("<environment>", "environment of the local AWS")
    .summary("on each save, build a function and deploy it to the local AWS")
    .description(
      "Builds a function on each save, gives it to the local AWS at once, and follows its logs, until Ctrl-C. Pin, plan and state are left out, so it refuses AWS itself; at its end the function has what is pinned again.",
    )
    .option("--service <name>", "the service, if there are several")
    .option("--no-typecheck", "leave out TypeScript's errors, which are said after each deploy")
    .option("--no-logs", "leave out the function's logs")
    .addHelpText("after", examples("watch dev", "watch dev --service orders --no-logs"))
    .action(async (environment: string, flags: Flags) => {
      checkLocal();
      const project = findProject();
      const service = serviceNamed(project, flags.service);
      if (service.kind === "image") {
        throw new CliError(
          EXIT.USAGE,
          `service ${service.name} is an image, and no function`,
          `leave it to the cluster: ${page("delivery")}`,
        );
      }
      const session = await Session.begin(LAMBDA, service.name, false);
      const target = await session.target(environment);
      if (!(await runningOf(target))) {
        throw new CliError(
          EXIT.FAILED,
          `nothing of ${service.name} runs in ${environment}`,
          `deploy its stack first: npx cdktf deploy ${target.stack.name}`,
        );
      }
      const logs = flags.logs ? followLogs(target) : Promise.resolve();
      try {
        await Promise.all([watchService(project, service, target, flags), logs]);
      } catch (error) {
        // Ctrl-C also ends what a deploy has started.
        if (!(error instanceof Interrupted)) throw error;
      } finally {
        await backToPinned(session, target);
      }
    });
}

/** Has the environment run what is pinned there, as before the watch. */
async function backToPinned(session: Session, target: Target): Promise<void> {
  const pin = (await session.pins(target).read())?.pin;
  const version = pin && (await restorePinned(target, pin));
  if (version === undefined) {
    const again = `npx groundplan artifact deploy ${target.environment} --service ${target.service}`;
    say(
      line`${target.functionName} keeps the last save: nothing of what is pinned is there. Deploy it: ${again}`,
    );
  } else {
    say(line`${target.functionName} runs what is pinned again, version ${version}`);
  }
}

async function watchService(
  project: Project,
  service: Service,
  target: Target,
  { typecheck }: Flags,
): Promise<void> {
  let last = "";
  const deploy = async () => {
    const started = performance.now();
    // The file that names it may have changed as well; the local AWS runs what is for this machine.
    const fresh = serviceNamed(project, service.name);
    const here = { ...fresh, settings: { ...fresh.settings, architecture: HERE } };
    const built = await buildContent(project, here, { typecheck: false });
    for (const warning of built.warnings) say(line`${paint.warning("warning")}: ${warning}`);
    const short = built.sha256.slice(0, 12);
    if (built.sha256 === last) return say(line`${paint.faint(`${short} is there already`)}`);
    await deployLocally(target, built);
    last = built.sha256;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(line`${paint.good("Deployed")} ${paint.strong(short)} to ${target.functionName} in ${seconds} s`);
    if (typecheck && fresh.settings.language === "node") await checkTypes(fresh, Promise.resolve(true));
  };
  const told = async () => {
    try {
      await deploy();
    } catch (error) {
      if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
      sayProblem(line`${paint.bad("Error")}: `, error.message);
    }
  };
  await watchFiles({
    // What it imports of other services counts as well.
    root: join(project.root, "services"),
    omits: isWritten,
    counted: async (paths) => paths,
    signal: interrupted,
    quiet: 50,
    onReady: async () => {
      await told();
      say(line`${paint.faint("watching; Ctrl-C ends it")}`);
    },
    onChange: async (paths) => {
      const more = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
      say(line`${new Date().toISOString().slice(11, 19)} ${paint.strong(paths[0] ?? "")}${more} changed`);
      await told();
    },
  });
}

/** What compilers and interpreters write. */
function isWritten(path: string): boolean {
  return path
    .split(sep)
    .some(
      (name) => ["dist", "__pycache__", ".venv", "coverage"].includes(name) || name.endsWith(".tsbuildinfo"),
    );
}

async function followLogs(target: Target): Promise<void> {
  const logGroupName = `/aws/lambda/${target.functionName}`;
  const from = { region: target.region, logGroupName, since: 0, follow: true, look: LOOK };
  for await (const { message = "" } of logEvents(from)) {
    const text = message.trimEnd();
    if (text !== "") say(line`${paint.faint("log")} ${text}`);
  }
}
