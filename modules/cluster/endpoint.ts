import type { Fault } from "../core/errors";
import { contains, parseCidr } from "../network/cidr";

/** Everybody: a public endpoint that is open to it says so in full. */
const EVERYBODY = "0.0.0.0/0";

/** Ranges that no request on the internet comes from: EKS refuses them, and behind NAT the address is another one. */
const PRIVATE = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
].flatMap((text) => parseCidr(text) ?? []);

/** CIDR blocks that EKS takes for a public endpoint. */
const MOST = 40;

/**
 * The faults of the ranges that may reach the public endpoint; an empty list closes it.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
 */
export function endpointFaults(cidrs: readonly string[]): readonly Fault[] {
  const faults: Fault[] = [];
  if (cidrs.length > MOST) {
    faults.push({ what: `${cidrs.length} public ranges: EKS takes ${MOST}`, instead: `use at most ${MOST}` });
  }
  for (const cidr of cidrs) {
    if (cidr === EVERYBODY || cidr.includes("${")) continue;
    const range = parseCidr(cidr);
    if (range && PRIVATE.some((outer) => contains(outer, range))) {
      faults.push({
        what: `public range ${JSON.stringify(cidr)} is private: nothing reaches a public endpoint from it`,
        instead:
          "use the public addresses that your people and runners come from; inside the VPC none is needed",
      });
      continue;
    }
    if (range && range.prefix > 0) continue;
    faults.push({
      what: `public range ${JSON.stringify(cidr)} is not an IPv4 range that begins at its first address`,
      instead: 'use e.g. "203.0.113.0/24"; "0.0.0.0/0" opens the endpoint to everybody',
    });
  }
  const twice = cidrs.filter((cidr, index) => cidrs.indexOf(cidr) !== index);
  for (const cidr of new Set(twice)) {
    faults.push({ what: `public range ${JSON.stringify(cidr)} is listed twice`, instead: "list it once" });
  }
  if (cidrs.length > 1 && cidrs.includes(EVERYBODY)) {
    faults.push({
      what: `"${EVERYBODY}" makes the other public ranges idle`,
      instead: "leave one of them out",
    });
  }
  return faults;
}
