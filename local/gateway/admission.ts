import { errorResponse } from "./errors";
import { jsonResponse, type RequestHead, type Target, type WholeResponse } from "./exchange";
import { hostKind } from "./hosts";
import { admitUnsigned } from "./unsigned";
import { type WebPage, webPageOf } from "./web-page";

/** Asks MiniStack something about a request, whose body stays where it is. */
export type Question = (target: Target, method: string, head: RequestHead) => Promise<WholeResponse>;

/**
 * Lets a request in, or refuses it before anything is done: what a web page made a browser send, what is for a host
 * that is not this emulator's, and what AWS takes only with a signature.
 *
 * An API is open to pages as on AWS, where its own CORS configuration says who may read the answer. A bucket is where
 * its CORS configuration names the page. Everything else is for no page, not even for one that comes from this address:
 * that may be anybody's object in a bucket.
 *
 * @param region - of requests that name none.
 * @returns the request with what it may reach, or the refusal.
 */
export async function admit(
  head: RequestHead,
  region: string,
  question: Question,
): Promise<RequestHead | WholeResponse> {
  const { host = "" } = head.headers;
  const kind = hostKind(host);
  if (kind === "api" || (kind === "unknown" && (await isApiDomain(head, question)))) return asApi(head);
  if (kind === "unknown") {
    const shown = JSON.stringify(host.slice(0, 100));
    return refuse(
      head,
      `the host ${shown} is not this emulator's: use 127.0.0.1, localhost or an API's domain`,
    );
  }
  const page = webPageOf(head);
  if (page) return admitPage(head, page, region, question);
  return isControl(head) || head.scope ? head : admitUnsigned(head, region);
}

/** Whether what `admit` has come to is a refusal. */
export function isRefusal(admitted: RequestHead | WholeResponse): admitted is WholeResponse {
  return "status" in admitted;
}

/** Whether a request is for the gateway itself. */
export function isControl({ url }: RequestHead): boolean {
  return url.startsWith("/_groundplan/");
}

/** A call of an API, whoever's signature it has: it reaches nothing but the API. */
function asApi(head: RequestHead): RequestHead {
  return { ...head, target: "api", scope: head.scope?.service === "execute-api" ? head.scope : undefined };
}

async function isApiDomain(head: RequestHead, question: Question): Promise<boolean> {
  return (await question("domain", "GET", { ...head, url: "/" })).status === 204;
}

async function admitPage(
  head: RequestHead,
  page: WebPage,
  region: string,
  question: Question,
): Promise<RequestHead | WholeResponse> {
  const { headers, method, scope } = head;
  const isS3 =
    !isControl(head) && headers["x-amz-target"] === undefined && (!scope || scope.service === "s3");
  if (!isS3) return refusePage(head);
  if (page.origin === undefined) {
    const isRead = method === "GET" || method === "HEAD";
    // A page of a public bucket loads what stands beside it.
    if (!page.isOfThisHost || !isRead || scope) return refusePage(head);
    const admitted = admitUnsigned(head, region);
    return !isRefusal(admitted) && admitted.target === "s3" ? admitted : refusePage(head);
  }
  const wanted = method === "OPTIONS" ? headers : { ...headers, "access-control-request-method": method };
  const answer = await question("cors", "OPTIONS", { ...head, headers: wanted, scope: undefined });
  if (answer.status !== 200) return refusePage(head);
  const cors = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => name === "vary" || name.startsWith("access-control-")),
  );
  if (method === "OPTIONS") return { status: 200, headers: cors, body: "" };
  return { ...head, target: "s3", cors };
}

function refusePage(head: RequestHead): WholeResponse {
  if (isControl(head)) return jsonResponse(403, { message: "not for web pages" });
  return refuse(
    head,
    "this emulator answers no web pages but where the CORS configuration of an API or a bucket says so",
  );
}

function refuse(head: RequestHead, message: string): WholeResponse {
  return errorResponse(head, { status: 403, code: "AccessDenied", message });
}
