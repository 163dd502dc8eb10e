import { type AlbEvent, type AlbResponse, headerOf, json } from "./alb";
import { previewOf } from "./host";
import { sleepingPage, WAKE_HEADER, WAKE_PATH } from "./page";
import type { Settings } from "./settings";
import { type WakeClients, wake } from "./wake";

/**
 * Answers a request for a sleeping preview. Only a POST to one path with a header of ours wakes it: a link, a crawler, a
 * monitor, a form and the preview's own clients do not, and cost one call of this function. Who may ask is whoever may
 * reach the preview itself.
 */
export async function answer(
  event: AlbEvent,
  settings: Settings,
  clients: WakeClients,
): Promise<AlbResponse> {
  const host = headerOf(event, "host");
  const name = previewOf(host, settings.domain);
  if (name === undefined)
    return json(421, { message: `this is no address of a preview: use https://<name>.${settings.domain}` });
  const page = `${name}.${settings.domain}`;
  if (event.path !== WAKE_PATH) return forOthers(event, page);
  if (event.httpMethod !== "POST")
    return json(405, { message: `use POST with the header ${WAKE_HEADER}: 1` }, { allow: "POST" });
  if (headerOf(event, WAKE_HEADER) !== "1" || !isOwn(headerOf(event, "origin"), host))
    return json(403, { message: `only the page itself wakes: send the header ${WAKE_HEADER}: 1` });
  const found = await wake(name, settings.bucket, clients);
  if (found === undefined)
    return json(404, { format: "groundplan-wake", kind: "refuse", says: "there is no such preview" });
  return json(found.kind === "waking" && found.isAwake ? 200 : 202, { format: "groundplan-wake", ...found });
}

/** A page for who reads, and JSON for programs. */
function forOthers(event: AlbEvent, page: string): AlbResponse {
  const { httpMethod } = event;
  if ((httpMethod === "GET" || httpMethod === "HEAD") && headerOf(event, "accept")?.includes("text/html")) {
    const whole = sleepingPage(page);
    return httpMethod === "HEAD" ? { ...whole, body: "" } : whole;
  }
  const says = `this preview is asleep; wake it: POST https://${page}${WAKE_PATH} with the header ${WAKE_HEADER}: 1`;
  const whole = json(503, { message: says }, { "retry-after": "120" });
  return httpMethod === "HEAD" ? { ...whole, body: "" } : whole;
}

/** Whether a browser sends it from the page itself; programs send no origin. */
function isOwn(origin: string | undefined, host = ""): boolean {
  const ofHttps = (text: string) => text.toLowerCase().replace(/:443$/, "");
  return origin === undefined || ofHttps(origin) === `https://${ofHttps(host)}`;
}
