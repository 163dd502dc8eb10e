import type { RequestHead } from "./exchange";
import { operationOf } from "./scope";

/** Host of an API of API Gateway: the local one, or AWS's own when this gateway is asked as a proxy. */
export const API_HOST =
  /^([a-z0-9]{8,12})\.execute-api\.(?:localhost|[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)(?::\d+)?$/;

/** Paths that MiniStack answers itself, whatever host they are asked of. */
const SHADOWED = /^\/(?:_ministack|_localstack)\/\w+(?:\?|$)/;

/**
 * A request for an API, so that MiniStack takes it for one: by the host that it knows, and a route that it would
 * answer itself by the path that names the API. A domain of an API's own is known to it by its name.
 *
 * A client may ask for the address as it stands, or through this gateway as its HTTP proxy.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
 */
export function forExecuteApi(head: RequestHead): RequestHead {
  const absolute = /^https?:\/\/([^/?]+)([\s\S]*)$/.exec(head.url);
  const host = (absolute?.[1] ?? head.headers.host ?? "").toLowerCase();
  const path = absolute ? absolute[2]?.replace(/^(?!\/)/, "/") || "/" : head.url;
  const [, api] = API_HOST.exec(host) ?? [];
  if (api === undefined) return absolute ? asked(head, path, host) : head;
  if (SHADOWED.test(path)) {
    const url = `/_aws/execute-api/${api}/$default${path}`;
    return { ...head, url, headers: { ...head.headers, host: "localhost", "x-forwarded-host": host } };
  }
  return { ...head, url: path, headers: { ...head.headers, host: `${api}.execute-api.localhost` } };
}

/** A request for the path of an absolute address, as if it had been sent to its host. */
function asked(head: RequestHead, url: string, host: string): RequestHead {
  const headers = { ...head.headers, host };
  return { ...head, url, headers, operation: operationOf(head.method, headers, url) };
}
