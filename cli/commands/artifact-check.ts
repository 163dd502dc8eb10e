import type { Command } from "commander";
import { buildArtifact } from "../artifact/lambda/build";
import { checkArtifact } from "../artifact/lambda/check";
import { httpEvent } from "../artifact/lambda/http-event";
import { serviceNamed } from "../artifact/service";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayAside, sayJson, sayText } from "../console/output";
import { page } from "../console/pages";
import { InputError, readInputFile, readStandardInput } from "../input/file";
import { decode, parseJson } from "../input/json";
import { findProject } from "../project/project";
import { examples } from "./artifact-examples";

interface Flags {
  readonly event?: string;
  readonly http?: string;
  readonly with?: string;
  readonly timeout: string;
  readonly typecheck: boolean;
  readonly json?: boolean;
}

/** Largest event of Lambda, in bytes: 6 MB. */
const LARGEST = 6 * 2 ** 20;

/** Adds `groundplan artifact check`. */
export function addCheck(artifact: Command): void {
  artifact
    .command("check")
    .argument("[service]", "the service, if there are several")
    .summary("build a function, load it in its runtime, and call it once")
    .description(
      "Builds a function, unpacks the zip, loads it as Lambda does in the Node or Python of its runtime, or starts its program, and calls it with an event. It fails when the function does. Nothing is uploaded.",
    )
    .option("--event <file>", "event as JSON; - reads the standard input (default: {})")
    .option("--http <request>", 'event of an HTTP API instead, e.g. "GET /health"')
    .option(
      "--with <program>",
      "Node or Python that runs it (default: that of the runtime, where it is found)",
    )
    .option("--timeout <seconds>", "ends the call", "10")
    .option("--no-typecheck", "build a function also when TypeScript finds errors of types")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      examples('check api --http "GET /health"', "check orders --event order.json", "check orders --json"),
    )
    .action(async (name: string | undefined, flags: Flags) => {
      const project = findProject();
      const service = serviceNamed(project, name);
      if (service.kind === "image") {
        throw new CliError(
          EXIT.USAGE,
          `service ${service.name} is an image, and no function`,
          `build it, and start its container: ${page("delivery")}`,
        );
      }
      const seconds = secondsOf(flags.timeout);
      const event = eventOf(flags);
      const built = await buildArtifact(project, service, { typecheck: flags.typecheck });
      for (const warning of built.warnings)
        sayAside(line`${paint.warning("warning")}: service ${service.name}: ${warning}`);
      const checked = await checkArtifact(project, service, built, {
        event,
        seconds,
        ...(flags.with === undefined ? {} : { with: flags.with }),
      });
      const { answer, ranBy, notes, printed, milliseconds } = checked;
      for (const note of notes) sayAside(line`${paint.warning("note")}: ${note}`);
      if (flags.json) {
        sayJson({
          format: "groundplan.artifact.check",
          version: 1,
          service: service.name,
          sha256: built.sha256,
          runtime: service.settings.runtime,
          ranBy,
          ok: answer.ok,
          ...(answer.ok ? { answer: answer.value ?? null } : { error: answer.error ?? {} }),
          printed,
          milliseconds,
        });
      } else if (printed !== "") sayText(printed, "stderr");
      if (!answer.ok) {
        const { errorType = "Error", errorMessage = "", trace = [] } = answer.error ?? {};
        throw new CliError(
          EXIT.FAILED,
          `service ${service.name} failed in ${ranBy}: ${errorType}: ${errorMessage}`,
          ...trace.slice(0, 10),
        );
      }
      if (flags.json) return;
      sayText(JSON.stringify(answer.value ?? null, null, 2));
      say(
        line`${paint.good("Called")} ${paint.strong(built.sha256.slice(0, 12))} in ${ranBy}: ${milliseconds} ms`,
        "stderr",
      );
    });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 900) return seconds;
  throw new CliError(
    EXIT.USAGE,
    `--timeout ${JSON.stringify(text)} is not a number of seconds`,
    "use 1 to 900, e.g. 10",
  );
}

/** The event that is given, as JSON. */
function eventOf({ event, http }: Flags): string {
  if (event !== undefined && http !== undefined)
    throw new CliError(EXIT.USAGE, "--event and --http are both an event", "give one of them");
  if (http !== undefined) return JSON.stringify(httpEvent(http));
  if (event === undefined) return "{}";
  const instead = "give a file with an event as JSON";
  try {
    const bytes =
      event === "-" ? readStandardInput(LARGEST) : readInputFile(event, { bytes: LARGEST }, instead);
    return JSON.stringify(parseJson(decode(bytes)));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(EXIT.USAGE, `--event ${event} cannot be taken: ${error.message}`, instead);
  }
}
