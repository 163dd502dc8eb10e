import { LocalError } from "../options";

/**
 * Has the emulator that runs do something, and gives its answer.
 *
 * @param path - below `/_groundplan/`, e.g. `snapshots/save`.
 * @param content - what it is told, as JSON. @default - nothing
 * @throws LocalError with its reason where it cannot, or where it has ended meanwhile.
 */
export async function post(endpoint: string, path: string, content?: object): Promise<object> {
  const body = content === undefined ? null : JSON.stringify(content);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${endpoint}/_groundplan/${path}`, { method: "POST", body });
    text = await response.text();
  } catch (error) {
    throw new LocalError(
      "failed",
      `the emulator at ${endpoint} ended before it answered: ${reasonOf(error)}\n  start it, and run this again: groundplan local up`,
    );
  }
  const answer = parsed(text);
  if (response.ok) return answer;
  throw new LocalError(
    "failed",
    answer.message ?? `the emulator at ${endpoint} answered ${response.status}: ${text.slice(0, 200)}`,
  );
}

/** Why a request came to nothing: `fetch` says it in the cause alone. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: Partial<Error>; readonly message?: string };
  return cause?.message || message || String(error);
}

/** An object of JSON; an empty one for anything else. */
function parsed(text: string): { readonly message?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
