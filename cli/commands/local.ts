import { join } from "node:path";
import {
  clusterDown,
  clusterStatus,
  conflicting,
  down,
  environment,
  INSTANCE_MODES,
  type LocalStatus,
  profileEnvironment,
  reset,
  status,
  up,
} from "@groundplan/local";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { demo } from "../local/demo";
import { asCli, place, placeOf, type UpFlags } from "../local/place";
import { interrupted } from "../process/interrupts";
import { runSteps } from "../progress/tasks";
import { allowedAccounts, findProject, projectRoot } from "../project/project";
import { synthesizeOrRead } from "../project/synthesized";
import { providerEnvironment } from "../terraform/mirror";
import { addCluster } from "./local-cluster";
import { addSnapshots } from "./local-snapshots";

/** What `up` and `status` print as JSON. */
const LOCAL = { format: "groundplan.local", version: 1 } as const;

/** Adds `groundplan local …`. */
export function addLocal(program: Command): void {
  const local = program
    .command("local")
    .summary("AWS on this machine")
    .description(
      "Runs AWS on the loopback address: moto and MiniStack behind one endpoint. Needs Python 3.10 or newer.",
    )
    .addHelpText(
      "after",
      `\nExamples:\n  $ npx groundplan local demo\n  $ npx groundplan local up\n  $ eval "$(npx groundplan local env)"\n  $ npx groundplan local down\n${EXIT_HELP}`,
    );

  withPlace(local.command("up").summary("start it, or find the one that runs"))
    .addOption(
      new Option(
        "--instances <what>",
        "what instances of EC2 are: boot, machines that run (as root on Linux), or entries (default: the last, else entries)",
      ).choices(INSTANCE_MODES),
    )
    .option("--json", "print what runs as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx groundplan local up\n  $ npx groundplan local up --port 4600 --account 111122223333",
    )
    .action(async (flags: UpFlags) => {
      const running = await start(flags);
      if (flags.json) sayJson({ ...LOCAL, running: true, ...running });
      else sayStatus(running);
    });
  local
    .command("down")
    .summary("stop it, and the cluster beside it; its state is kept")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local down")
    .action(async () => {
      // One of kind or k3d would be deleted, and a given one is not ours.
      const cluster = await clusterStatus(place());
      if (cluster?.source === "built" && (await clusterDown(place()))) {
        say(line`${paint.good("Ended")} the cluster.`);
      }
      const was = await down(place());
      say(was ? line`${paint.good("Ended")} the emulator.` : line`No emulator was running.`);
    });
  local
    .command("status")
    .summary("show what is running; exits with 1 when nothing is")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local status --json")
    .action(async (flags: { json?: boolean }) => {
      const running = await status(place());
      if (flags.json) sayJson({ ...LOCAL, running: running !== undefined, ...running });
      else if (running) sayStatus(running);
      if (running) return;
      if (!flags.json) say(line`No emulator is running. Start one: npx groundplan local up`);
      process.exitCode = EXIT.FAILED;
    });
  local
    .command("reset")
    .summary("empty it")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local reset")
    .action(async () => {
      await asCli(reset(place()));
      say(line`${paint.good("Emptied")} the emulator; bootstrap again before the next deploy.`);
    });
  addSnapshots(local);
  local
    .command("env")
    .summary("print the variables that point AWS tools to it")
    .option("--profiles", "with an AWS profile for each account of the project's stacks, by its number")
    .option("--skip-synth", "with --profiles: use the stacks as they were last synthesized")
    .option("--json", "print them as JSON; null for one that is to be unset")
    .addHelpText(
      "after",
      `\nExamples:\n  $ eval "$(npx groundplan local env)"\n  $ eval "$(npx groundplan local env --profiles)"\n  $ npx groundplan plan --profile '{account}'`,
    )
    .action(async (flags: EnvFlags) => {
      const running = await status(place());
      if (!running)
        throw new CliError(EXIT.MISSING, "no emulator is running", "start one: npx groundplan local up");
      const variables = await variablesOf(running, flags);
      const unset = conflicting(process.env, variables);
      if (flags.json) {
        const none = Object.fromEntries(unset.map((name) => [name, null]));
        sayJson({ format: "groundplan.local.env", version: 1, variables: { ...variables, ...none } });
        return;
      }
      for (const name of unset) say(line`unset ${name}`);
      for (const [name, value] of Object.entries(variables)) {
        say(line`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
      }
    });
  addCluster(local);
  withPlace(local.command("demo").summary("bootstrap, plan and deploy one environment, to see it all work"))
    .option("-e, --environment <name>", "environment to deploy", "dev")
    .addHelpText("after", "\nExample:\n  $ npx groundplan local demo")
    .action(async (flags: UpFlags & { environment: string }) => {
      await demo(findProject(), flags);
    });
}

interface EnvFlags {
  readonly json?: boolean;
  readonly profiles?: boolean;
  readonly skipSynth?: boolean;
}

/** What a shell is to set. */
async function variablesOf(running: LocalStatus, flags: EnvFlags): Promise<Record<string, string>> {
  const providers = providerVariables();
  if (!flags.profiles) return { ...environment(running), ...providers };
  const stacks = await synthesizeOrRead(findProject(), !flags.skipSynth, true);
  const accounts = stacks.flatMap(allowedAccounts);
  const write = async () => profileEnvironment(running, accounts);
  return { ...(await asCli(write())), ...providers };
}

/** Starts the emulator with progress. */
async function start(flags: UpFlags): Promise<LocalStatus> {
  let running: LocalStatus | undefined;
  const run = async (_: object, progress: (line: string) => void) => {
    running = await asCli(up({ ...place(), ...placeOf(flags), onProgress: progress, signal: interrupted }));
    return running.endpoint;
  };
  await runSteps([{ title: "AWS emulator", run }], {}, flags.json);
  if (!running) throw new CliError(EXIT.FAILED, "the emulator did not start");
  return running;
}

function providerVariables(): Record<string, string> {
  const { TF_CLI_CONFIG_FILE: file } = providerEnvironment(
    join(projectRoot(), ".groundplan", "terraform.rc"),
  );
  return file === undefined ? {} : { TF_CLI_CONFIG_FILE: file };
}

function withPlace(command: Command): Command {
  const port = (text: string) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
    throw new InvalidArgumentError("use 1024 to 65535, e.g. 4566, or 0 for any that is free");
  };
  return command
    .option("-p, --port <port>", "port on the loopback address (default: the last one, else 4566)", port)
    .option(
      "--account <id>",
      "AWS account that it emulates, 12 digits (default: the last one, else 123456789012)",
    )
    .option("--region <name>", "AWS Region (default: the last one, else us-east-1)");
}

/** What runs, for people. */
export function sayStatus(running: LocalStatus): void {
  say(line`AWS emulator at ${paint.strong(running.endpoint)}, account ${running.account}, ${running.region}`);
  for (const { name, version, healthy, requests, keepsState } of running.emulators) {
    const kept = keepsState ? "kept over a restart" : "lost at a restart";
    say(
      line`  ${healthy ? paint.good("up") : paint.bad("down")}  ${name} ${version}, ${requests} requests answered, its state is ${kept}`,
    );
  }
  if (running.tasks.obstacle === undefined) {
    say(line`  tasks of ECS run in containers: ${running.tasks.running} now`);
  } else {
    say(line`  ${paint.warning("entries")}  tasks of ECS run no containers: ${running.tasks.obstacle}`);
  }
  if (running.instances.obstacle === undefined) {
    say(line`  instances of EC2 boot: ${Object.keys(running.instances.ssh).length} now`);
  } else {
    say(line`  ${paint.warning("entries")}  instances of EC2 do not boot: ${running.instances.obstacle}`);
  }
  for (const [id, address] of Object.entries(running.instances.ssh)) {
    say(line`  instance ${id}: ssh at ${address}`);
  }
  if (running.networkNamespace !== undefined) {
    say(line`  its addresses, as root: nsenter --net=${running.networkNamespace} <command>`);
  }
  for (const [identifier, address] of Object.entries(running.databases)) {
    say(line`  database ${identifier}: ${address}`);
  }
  say(
    line`  load balancers: https://<name>.localhost:${running.port}, trusted by curl --cacert ${running.authority}`,
  );
  for (const file of running.setAside) {
    say(
      line`  ${paint.bad("not read")}  ${file}: it is of another machine or version; remove it, and bootstrap again what is missing`,
    );
  }
  const { account, region, port, instances } = running.kept;
  const kept = Object.entries({ account, Region: region, port, instances }).flatMap(([what, value]) =>
    value === undefined ? [] : [`${what} ${value}`],
  );
  if (kept.length > 0)
    say(line`  kept for the next start, unless an option says otherwise: ${kept.join(", ")}`);
  say(line`  logs and state: ${running.stateDirectory}`);
  say(line`  use it: eval "$(npx groundplan local env)"`);
}
