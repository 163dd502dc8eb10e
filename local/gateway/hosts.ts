import { API_HOST } from "./execute-api";

/** Whose a host is: this machine's, an API's at its own address, or unknown. */
export type HostKind = "loopback" | "api" | "unknown";

/**
 * An address or a name of this machine; browsers and systems ask nobody for names that end with `localhost`. The one of the
 * link is AWS's in the network of instances, where some programs, e.g. curl, take `aws.localhost` for their own machine. S3
 * Control's clients put the account before the address (`123456789012.127.0.0.1`) and come by the gateway as their proxy; for a
 * browser that is no host, since its last part is a number.
 */
const LOOPBACK =
  /^(?:169\.254\.170\.1|(?:\d{12}\.)?127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}|\[::1\]|(?:[a-z0-9_-]+\.)*localhost)$/;

/** The address of a function: the local one, or AWS's own. */
const FUNCTION_URL = /^(?:[a-z0-9]{32}|[0-9a-f-]{36})\.lambda-url\.[a-z0-9-]+\.(?:localhost|on\.aws)$/;

/**
 * Whose a host is. A page can have a name of its own lead to the loopback address (DNS rebinding), and is then from
 * the host that it asks: so only names that no page can have are known.
 *
 * @param host - with or without a port.
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */
export function hostKind(host: string): HostKind {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (API_HOST.test(name) || FUNCTION_URL.test(name)) return "api";
  return LOOPBACK.test(name) ? "loopback" : "unknown";
}

/**
 * The name that a host may be a site's by: one of this machine with a domain of its own, e.g. `app.preview.localhost`. AWS itself
 * is at addresses and at short names.
 *
 * @returns in lower case, without a port; undefined for any other host.
 */
export function siteName(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return hostKind(name) === "loopback" &&
    /^[^.]+\.(?:[^.]+\.)*localhost$/.test(name) &&
    name !== "aws.localhost"
    ? name
    : undefined;
}
