/**
 * The address at which a preview answers. A name of `localhost` is this machine's alone (RFC 6761): there the load balancers
 * answer at the port of the endpoint of AWS that is in use, and not at 443.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */
export function addressOf(endpoint: string, { AWS_ENDPOINT_URL: aws = "" }: NodeJS.ProcessEnv): string {
  if (!URL.canParse(endpoint) || !URL.canParse(aws)) return endpoint;
  const { protocol, hostname, port: own } = new URL(endpoint);
  const { port } = new URL(aws);
  if (!hostname.endsWith(".localhost") || own !== "" || port === "") return endpoint;
  return `${protocol}//${hostname}:${port}`;
}
