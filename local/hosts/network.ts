import { HOST_ADDRESS } from "./addresses";
import type { Host } from "./host";

/**
 * Makes a network namespace with one address, as `awsvpc` gives each task one.
 *
 * It is a pair of interfaces with a route to each end: every address reaches every other, whatever its VPC and security groups.
 *
 * @param name - of the namespace, at most 12 characters: it is the interface's too.
 */
export async function attachNetwork(host: Host, name: string, address: string): Promise<void> {
  await host.succeed("/bin/sh", ["-ec", ATTACH, "sh", name, address]);
}

/** Path of a network namespace, inside the host. */
export function networkPath(name: string): string {
  return `/run/netns/${name}`;
}

/** Removes a network namespace where there is one, with its interfaces and routes. @throws when it stays. */
export async function detachNetwork(host: Host, name: string): Promise<void> {
  await host.succeed("/bin/sh", ["-ec", DETACH, "sh", networkPath(name), name]);
}

const DETACH = 'if [ -e "$1" ]; then ip netns delete "$2"; fi';

const ATTACH = `
ip netns add "$1"
ip link add "v$1" type veth peer name eth0 netns "$1"
ip link set "v$1" up
ip route add "$2/32" dev "v$1"
ip -n "$1" link set lo up
ip -n "$1" address add "$2/32" dev eth0
ip -n "$1" link set eth0 up
ip -n "$1" route add ${HOST_ADDRESS}/32 dev eth0
ip -n "$1" route add default via ${HOST_ADDRESS} dev eth0
`;
