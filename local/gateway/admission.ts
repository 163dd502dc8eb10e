import { errorResponse } from "./errors";
import { jsonResponse, type RequestHead, type Target, type WholeResponse } from "./exchange";
import { hostKind } from "./hosts";
import { copiedBuckets, corsOf, isForObjects, withoutSignature } from "./page-in-bucket";
import { isSignedWithIssuedSecret, type SecretOf } from "./signature";
import { admitUnsigned } from "./unsigned";
import { type WebPage, webPageOf } from "./web-page";

/** Asks MiniStack something about a request, whose body stays where it is. */
export type Question = (target: Target, method: string, head: RequestHead) => Promise<WholeResponse>;

/**
 * Lets a request in, or refuses it before anything is done: what a web page made a browser send, what is for a host
 * that is not this emulator's, and what AWS takes only with a signature.
 *
 * An API is open to pages as on AWS, where its own CORS configuration says who may read the answer. A bucket is where
 * its CORS configuration names the page, with what anybody may do there, or what a secret of STS or IAM has signed:
 * other signatures are no proof, as every page knows the emulators' own keys. Everything else is for no page, not even for one that comes from this address:
 * that may be anybody's object in a bucket.
 *
 * @param region - of requests that name none.
 * @param secretOf - what a page's signature is checked with.
 * @returns the request with what it may reach, or the refusal.
 */
export async function admit(
  head: RequestHead,
  region: string,
  question: Question,
  secretOf: SecretOf,
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
  if (page) return admitPage(head, page, region, question, secretOf);
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
  secretOf: SecretOf,
): Promise<RequestHead | WholeResponse> {
  const { headers, method, scope } = head;
  const isS3 =
    !isControl(head) && headers["x-amz-target"] === undefined && (!scope || scope.service === "s3");
  if (!isS3 || !isForObjects(head)) return refusePage(head);
  if (page.origin === undefined) {
    const isRead = method === "GET" || method === "HEAD";
    // A page of a public bucket loads what stands beside it.
    if (!page.isOfThisHost || !isRead || scope) return refusePage(head);
    const admitted = admitUnsigned(withoutSignature(head), region);
    if (isRefusal(admitted) || admitted.target !== "s3") return refusePage(head);
    return { ...admitted, target: "anybody" };
  }
  const wanted = method === "OPTIONS" ? headers : { ...headers, "access-control-request-method": method };
  const answer = await question("cors", "OPTIONS", { ...head, headers: wanted, scope: undefined });
  if (answer.status !== 200) return refusePage(head);
  const cors = corsOf(answer.headers);
  if (method === "OPTIONS") return { status: 200, headers: cors, body: "" };
  if (!(await maySeeCopied(head, question))) return refusePage(head);
  if (isSignedWithIssuedSecret(head, secretOf)) return { ...head, target: "page", cors };
  return { ...withoutSignature(head), target: "anybody", cors };
}

/** Whether a page may read what it copies from: a copy is read like any other object of its own bucket. */
async function maySeeCopied(head: RequestHead, question: Question): Promise<boolean> {
  const buckets = copiedBuckets(head);
  if (!buckets) return false;
  for (const bucket of buckets) {
    // A bucket in the host would be asked about instead.
    const headers = { ...head.headers, host: "localhost", "access-control-request-method": "GET" };
    const asked = { ...head, url: `/${bucket}/`, headers, scope: undefined };
    if ((await question("cors", "OPTIONS", asked)).status !== 200) return false;
  }
  return true;
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
