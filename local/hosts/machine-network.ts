import { HOST_ADDRESS, INSTANCE_METADATA_ADDRESS } from "./addresses";
import type { Host } from "./host";

/** Bytes of a packet in a VPC. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html */
const MTU = 9001;

/** Routing table of answers with metadata. */
const TABLE = 169;

/**
 * Makes the network namespace of a machine, as an elastic network interface has one address, and others beside it.
 *
 * As with tasks it is a pair of interfaces with a route to each end. An answer with metadata may cross `hopLimit` routers:
 * with 1 it reaches the machine, and no container behind a bridge of it.
 *
 * @param name - of the namespace, at most 12 characters: it is the interface's too.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export async function attachMachine(
  host: Host,
  name: string,
  {
    address,
    otherAddresses,
    hopLimit = 0,
  }: { readonly address: string; readonly otherAddresses: readonly string[]; readonly hopLimit?: number },
): Promise<void> {
  await host.succeed("/bin/sh", ["-ec", ATTACH, "sh", name, address, String(hopLimit), ...otherAddresses]);
}

const ATTACH = `
name=$1 address=$2 hops=$3
shift 3
ip netns add "$name"
ip link add "v$name" mtu ${MTU} type veth peer name eth0 netns "$name"
ip link set "v$name" up
ip -n "$name" link set lo up
ip -n "$name" link set eth0 mtu ${MTU} up
ip route add "$address/32" dev "v$name"
ip -n "$name" address add "$address/32" dev eth0
ip -n "$name" route add ${HOST_ADDRESS}/32 dev eth0
ip -n "$name" route add default via ${HOST_ADDRESS} dev eth0
if [ "$hops" -gt 0 ]; then
  ip rule list | grep -q "lookup ${TABLE}" || ip rule add from ${INSTANCE_METADATA_ADDRESS} lookup ${TABLE}
  ip route add "$address/32" dev "v$name" hoplimit "$hops" table ${TABLE}
fi
six=false
for other in "$@"; do
  case $other in
    *:*)
      if [ $six = false ]; then
        six=true
        echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
        ip -6 address add fe80::1/64 dev "v$name" nodad
        ip -n "$name" -6 route add default via fe80::1 dev eth0
      fi
      ip -6 route add "$other/128" dev "v$name"
      ip -n "$name" -6 address add "$other/128" dev eth0 nodad
      ;;
    *)
      ip route add "$other/32" dev "v$name"
      ip -n "$name" address add "$other/32" dev lo
      ;;
  esac
done
`;
