import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { InputError, readInput } from "../../input/file";
import { parseJson } from "../../input/json";
import { run } from "../../process/run";
import { WorkFolder } from "../../process/work-folder";
import type { Project } from "../../project/project";
import type { BuiltArtifact } from "../built";
import type { Architecture } from "../function-settings";
import type { Service } from "../service";
import { buildContent } from "./build";
import { NODE_HARNESS, PYTHON_HARNESS } from "./harness";
import { machineOf } from "./machine";
import { type Answer, callCustomRuntime } from "./runtime-api";
import { runtimeProgram } from "./runtime-program";

/** What a check of a function came to. */
export interface Checked {
  readonly answer: Answer;

  /** What ran it, e.g. `Node 22.14.0`. */
  readonly ranBy: string;

  /** What differs from how Lambda runs it; empty where nothing does. */
  readonly notes: readonly string[];

  /** What the code printed. */
  readonly printed: string;

  /** Milliseconds that loading and the call took. */
  readonly milliseconds: number;
}

/** Properties of {@link checkArtifact}. */
export interface CheckProps {
  /** The event, as JSON. */
  readonly event: string;

  /** Seconds after which the call is ended. */
  readonly seconds: number;

  /** Program of the runtime. @default - the one that is found */
  readonly with?: string;
}

/** Seconds for which code may load. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const LOAD = 10;

/** Largest answer that is read, in bytes. */
const LARGEST = 20_000_000;

/**
 * Unpacks a zip, loads it as Lambda does in the runtime of its function, and calls it with an event.
 *
 * @throws CliError when the runtime is not on this machine.
 */
export async function checkArtifact(
  project: Project,
  service: Service,
  built: BuiltArtifact,
  props: CheckProps,
): Promise<Checked> {
  const { bytes, notes } = await forThisMachine(project, service, built);
  return WorkFolder.during(project, async (work) => {
    const folder = work.file("task");
    for (const [path, content] of Object.entries(unzipSync(bytes))) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const started = performance.now();
    const env = {
      AWS_LAMBDA_FUNCTION_NAME: service.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_EXECUTION_ENV: `AWS_Lambda_${service.settings.runtime}`,
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: service.settings.handler,
    };
    const ran =
      service.settings.language === "go"
        ? await runGo(folder, env, props)
        : await runHandler(service, folder, work, env, props);
    return { ...ran, notes: [...notes, ...ran.notes], milliseconds: Math.round(performance.now() - started) };
  });
}

type Ran = Omit<Checked, "milliseconds">;

async function runHandler(
  { name, settings }: Service,
  folder: string,
  work: WorkFolder,
  env: Readonly<Record<string, string>>,
  { event, seconds, with: named }: CheckProps,
): Promise<Ran> {
  const program = await runtimeProgram(settings, named);
  const [eventFile, answerFile] = [work.file("event.json"), work.file("answer.json")];
  writeFileSync(eventFile, event);
  const isNode = settings.language === "node";
  const start = isNode
    ? ["--enable-source-maps", "--input-type=module", "--eval", NODE_HARNESS]
    : ["-c", PYTHON_HARNESS];
  const args = [
    ...start,
    ...(isNode ? ["--"] : []),
    folder,
    settings.handler,
    eventFile,
    answerFile,
    String(seconds),
  ];
  // The harness ends a call itself, but in code that never waits, or does not load, no timer fires.
  const most = seconds + LOAD;
  const begun = performance.now();
  const { all, exitCode } = await run(program.path, args, {
    cwd: folder,
    env: { ...env, NODE_OPTIONS: undefined },
    seconds: most,
  });
  const isLate = performance.now() - begun >= most * 1000;
  const language = isNode ? "Node" : "Python";
  const notes = program.isSame
    ? []
    : [`service ${name} runs on ${settings.runtime}, and was checked in ${language} ${program.version}`];
  const answer = answerOf(answerFile) ?? {
    ok: false,
    error: isLate
      ? { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${seconds.toFixed(2)} seconds` }
      : {
          errorType: "Runtime.ExitError",
          errorMessage: `the program ended with ${exitCode} before it answered`,
        },
  };
  return { answer, ranBy: `${language} ${program.version}`, notes, printed: all };
}

/** What the handler's program wrote; undefined when it ended before that. */
function answerOf(file: string): Answer | undefined {
  try {
    return parseJson(readInput(file, { bytes: LARGEST })) as Answer;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Runs the program of a Go function by the Runtime API. */
async function runGo(
  folder: string,
  env: Readonly<Record<string, string>>,
  { event, seconds }: CheckProps,
): Promise<Ran> {
  const program = join(folder, "bootstrap");
  chmodSync(program, 0o755);
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const answer = await callCustomRuntime(program, { folder, event, seconds, env, print });
  return { answer, ranBy: "its own program", notes: [], printed: printed.join("").trimEnd() };
}

/** The processor of this machine. */
export const HERE: Architecture = arch() === "arm64" ? "arm64" : "x86_64";

/** The zip, or one of the same source with machine code for this machine's processor. @throws CliError outside of Linux. */
async function forThisMachine(
  project: Project,
  service: Service,
  { bytes }: BuiltArtifact,
): Promise<{ readonly bytes: Uint8Array; readonly notes: readonly string[] }> {
  const { name, settings } = service;
  const machines = Object.values(unzipSync(bytes)).map(machineOf);
  if (machines.every((machine) => machine === undefined)) return { bytes, notes: [] };
  if (process.platform !== "linux") {
    throw new CliError(
      EXIT.MISSING,
      `service ${name} has machine code for Linux, and this machine is ${process.platform}`,
      "check it in a container with Linux",
    );
  }
  if (settings.architecture === HERE) return { bytes, notes: [] };
  const here = { ...service, settings: { ...settings, architecture: HERE } };
  const other = await buildContent(project, here, { typecheck: false });
  const note = `service ${name} runs on ${settings.architecture}, and was checked by the same source built for ${HERE}`;
  return { bytes: other.bytes, notes: [note] };
}
