import { HttpError, type HttpEvent, type HttpResponse, json } from "./http";
import { rangeOf } from "./range";

/** The variables that Terraform gives the function. */
export type Variables = Readonly<Record<string, string | undefined>>;

type Route = (parts: readonly string[], variables: Variables) => HttpResponse;

/** What is answered, by the form of the path; all of it only reads. */
const ROUTES: readonly (readonly [path: RegExp, route: Route])[] = [
  [/^\/health$/, () => json(200, { status: "ok" })],
  [
    /^\/version$/,
    (_, { ARTIFACT_SHA256: sha256, ARTIFACT_COMMIT: commit, AWS_LAMBDA_FUNCTION_VERSION: version }) =>
      json(200, { sha256: sha256 ?? "unknown", commit: commit ?? "unknown", version: version ?? "unknown" }),
  ],
  [
    /^\/ranges\/([^/]+)\/([^/]+)$/,
    // The same question has the same answer for ever.
    ([address = "", prefix = ""]) =>
      json(200, rangeOf(address, prefix), { "cache-control": "public, max-age=86400" }),
  ],
];

/** Answers a request. @throws HttpError when it cannot be answered as it was asked. */
export function answer({ rawPath, requestContext }: HttpEvent, variables: Variables): HttpResponse {
  for (const [path, route] of ROUTES) {
    const match = path.exec(rawPath);
    if (!match) continue;
    const { method } = requestContext.http;
    if (method !== "GET" && method !== "HEAD") {
      throw new HttpError(405, `${method} is not answered here; use GET`, { allow: "GET, HEAD" });
    }
    const response = route(match.slice(1).map(decoded), variables);
    return method === "HEAD" ? { ...response, body: "" } : response;
  }
  throw new HttpError(404, `there is no ${rawPath}; use /health, /version or /ranges/10.0.0.0/16`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, `${JSON.stringify(part)} is not properly encoded`);
  }
}
