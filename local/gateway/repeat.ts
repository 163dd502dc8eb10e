import type { WholeRequest } from "./exchange";

/** Operations of the JSON and query protocols that only read. */
const READ = /^(?:Describe|List|Get|BatchGet|Head|Lookup|Search|Validate)[A-Z]/;

/** Times that a request which only reads is sent. */
const ATTEMPTS = 3;

/**
 * Sends a request again whose connection broke before it was answered, if it only reads. Whether one
 * that writes was carried out is then unknown: that is said to the client, which decides.
 */
export async function repeatReads<T>(request: WholeRequest, send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === ATTEMPTS || !isBroken(error) || !onlyReads(request)) throw error;
    }
  }
}

/** Whether a request changes nothing. */
export function onlyReads({ method, operation }: Pick<WholeRequest, "method" | "operation">): boolean {
  return method === "GET" || method === "HEAD" || READ.test(operation);
}

function isBroken(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE", "ECONNABORTED"].includes((error as { code?: string }).code ?? "");
}
