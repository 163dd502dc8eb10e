import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { unreachable } from "../../aws/errors";
import { Interrupted } from "../../console/errors";
import { interrupted } from "../../process/interrupts";
import type { BeforeTraffic } from "../declaration";
import type { Artifact } from "../index-object";
import type { Target } from "../target";
import { functionVersions } from "./function-versions";

/** Characters of an answer that are shown. */
const SHOWN = 300;

/**
 * Lets the newest version of a function be judged while no caller gets it: it is called with an event, or a function is
 * asked that decides.
 *
 * @returns why it is refused; undefined when it is accepted. Who cannot be asked has not accepted it.
 * @throws Interrupted at Ctrl-C.
 */
export async function refusalOf(
  target: Target,
  { event, functionName }: BeforeTraffic,
  { sha256, commit }: Artifact,
): Promise<string | undefined> {
  const { environment, service, region } = target;
  const newest = (await functionVersions(target))?.versions.at(-1)?.version ?? "";
  if (functionName === undefined) {
    const call = { FunctionName: target.functionName, Qualifier: newest, event };
    const { answer, refusal } = await called(region, call);
    return refusal ?? statusRefusal(answer, newest);
  }
  const asked = { functionName: target.functionName, version: newest, environment, service, sha256, commit };
  const { answer, refusal } = await called(region, { FunctionName: functionName, event: asked });
  if (refusal !== undefined) return refusal;
  const { accepted, reason } = (answer ?? {}) as { readonly accepted?: unknown; readonly reason?: unknown };
  if (accepted === true) return undefined;
  const why =
    typeof reason === "string" ? reason : `it answered ${shown(answer)}, and not {"accepted": true}`;
  return `${functionName} refused version ${newest}: ${why}`;
}

interface Call {
  readonly FunctionName: string;
  readonly Qualifier?: string;
  readonly event: unknown;
}

async function called(
  region: string,
  { event, ...of }: Call,
): Promise<{ readonly answer?: unknown; readonly refusal?: string }> {
  const name = of.Qualifier === undefined ? of.FunctionName : `${of.FunctionName}:${of.Qualifier}`;
  try {
    const command = new InvokeCommand({ ...of, Payload: Buffer.from(JSON.stringify(event ?? {})) });
    const { FunctionError, Payload } = await new LambdaClient({ region }).send(command, {
      abortSignal: interrupted,
    });
    const answer = parsed(Buffer.from(Payload ?? []).toString());
    if (FunctionError === undefined) return { answer };
    const { errorType = "Error", errorMessage = "" } = (answer ?? {}) as Readonly<Record<string, string>>;
    return { refusal: `${name} failed: ${errorType}: ${errorMessage}` };
  } catch (error) {
    if (interrupted.aborted) throw new Interrupted();
    const said = unreachable(error);
    return { refusal: `${name} could not be called: ${said instanceof Error ? said.message : String(said)}` };
  }
}

/** A function behind an API says by a status that it failed. */
function statusRefusal(answer: unknown, version: string): string | undefined {
  const status = (answer as { readonly statusCode?: unknown } | null | undefined)?.statusCode;
  if (typeof status !== "number" || status < 400) return undefined;
  return `version ${version} answered with status ${status}: ${shown(answer)}`;
}

function shown(answer: unknown): string {
  const text = JSON.stringify(answer) ?? "nothing";
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** An answer as JSON; a text that is none stays one. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
