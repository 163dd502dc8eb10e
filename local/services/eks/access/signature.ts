import { canonicalQuery, hash, isMadeWith } from "../../../credentials/sigv4";
import { CLUSTER_HEADER, type Presigned } from "./token";

/**
 * Whether a presigned request was signed with a secret, for a cluster.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSignedBy(presigned: Presigned, secret: string, cluster: string): boolean {
  const { url, day, region, date, signedHeaders, signature } = presigned;
  const headers = signedHeaders.map((name) => `${name}:${headerOf(name, url, cluster)}\n`).join("");
  const query = canonicalQuery(url.searchParams);
  const request = ["GET", "/", query, headers, signedHeaders.join(";"), hash("")];
  return isMadeWith(secret, { day, region, service: "sts", date, request, signature });
}

function headerOf(name: string, { host }: URL, cluster: string): string {
  if (name === "host") return host;
  return name === CLUSTER_HEADER ? cluster : "";
}
