/** A machine that was started of the AMI. */
export interface Booted {
  readonly instance: string;

  /** Where it is reached from here. */
  readonly address: string;

  /** Where the other machines reach it. */
  readonly privateAddress: string;
}

/** Two machines that are peers, and a third that is a stranger first. */
export type Trio = readonly [Booted, Booted, Booted];

/** One check: a script of the shell that runs as root on a machine, and fails when something is wrong. */
export interface BootCheck {
  readonly title: string;

  /** Number of the machine. */
  readonly on: 0 | 1 | 2;
  readonly script: string;
}

/** Addresses in the network above. */
const ABOVE = ["192.168.100.1", "192.168.100.2", "192.168.100.3"] as const;

/** Configuration of VXLAN on a machine. @see images/graviton-vxlan */
function configuration(own: number, peer: Booted): string {
  return `cat >/etc/vxlan/vxlan.conf <<'END'
VXLAN_ID=42
PEERS="${peer.privateAddress}"
ADDRESSES="${ABOVE[own]}/24 fd00:100::${own + 1}/64"
METADATA=off
END
systemctl restart vxlan
test "$(systemctl is-active vxlan)" = active`;
}

/** Waits in a shell until a command succeeds, for 20 tries with a second between. */
const until = (command: string) =>
  `tries=0; until ${command}; do tries=$((tries + 1)); [ "$tries" -lt 20 ] || exit 1; sleep 1; done`;

/** A ping of another machine. */
const ping = (to: 0 | 1 | 2) => `ping -c 1 -W 2 ${ABOVE[to]} >/dev/null`;

/** Fails where another machine is reached. */
const unreached = (to: 0 | 1 | 2) => `if ${ping(to)} 2>&1; then echo "${ABOVE[to]} is reached"; exit 1; fi`;

/** The largest ping that fits into the bridge: a header of IPv4 and of ICMP is 28 bytes. */
const FULL = `mtu=$(ip -o link show br-vxlan | sed -n 's/.* mtu \\([0-9]*\\) .*/\\1/p')
${until("ping -c 1 -W 2 -M do -s $((mtu - 28)) 192.168.100.2 >/dev/null")}
if ping -c 1 -W 2 -M do -s $((mtu - 27)) 192.168.100.2 >/dev/null 2>&1; then echo "more than the MTU passes"; exit 1; fi`;

/** Addresses go into scripts: they are numbers and dots, as EC2 gives them, or nothing is run. */
function requireAddress({ privateAddress }: Booted): void {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(privateAddress))
    throw new Error(`${JSON.stringify(privateAddress)} is not an address of IPv4`);
}

/**
 * What is checked on the machines: that each has booted well, that two reach each other over VXLAN, and that the third does as
 * long as it is named.
 */
export function bootChecks(machines: Trio): readonly BootCheck[] {
  const [first, second, third] = machines;
  for (const one of machines) requireAddress(one);
  const each = (title: string, script: string): readonly BootCheck[] =>
    ([0, 1, 2] as const).map((on) => ({ title, on, script }));
  return [
    ...each(
      "cloud-init has ended without an error",
      "cloud-init status --wait >/dev/null || cloud-init status --long",
    ),
    ...each(
      "every service has started",
      `state=$(systemctl is-system-running --wait || true)
case "$state" in running) ;; *) systemctl --failed --no-legend; exit 1 ;; esac`,
    ),
    ...each(
      "the metadata service answers with a token, and not without",
      `code=$(curl -s -o /dev/null -m 5 -w '%{http_code}' http://169.254.169.254/latest/meta-data/instance-id)
test "$code" = 401`,
    ),
    ...each(
      "no key of the build is left",
      "! grep -qi packer /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys 2>/dev/null",
    ),
    { title: "VXLAN is set up", on: 0, script: configuration(0, second) },
    { title: "VXLAN is set up", on: 1, script: configuration(1, first) },
    { title: "a ping as large as the MTU passes, and a larger one does not", on: 0, script: FULL },
    { title: "IPv6 passes", on: 0, script: until("ping -6 -c 1 -W 2 fd00:100::2 >/dev/null") },
    {
      title: "TCP passes",
      on: 0,
      script: until("timeout 5 bash -c 'exec 3<>/dev/tcp/192.168.100.2/22; head -c 3 <&3' | grep -q SSH"),
    },
    {
      title: "a peer that is removed is not reached, and one that is added is",
      on: 0,
      script: `vxlan-setup.sh remove-peer ${second.privateAddress}
${unreached(1)}
vxlan-setup.sh add-peer ${second.privateAddress}
${until(ping(1))}`,
    },
    { title: "a stranger reaches nobody", on: 2, script: `${configuration(2, first)}\n${unreached(0)}` },
    {
      title: "a stranger's packets are dropped",
      on: 0,
      script: "nft list table inet groundplan_vxlan | grep -Eq 'counter packets [1-9][0-9]* .*drop'",
    },
    { title: "a third machine joins", on: 0, script: `vxlan-setup.sh add-peer ${third.privateAddress}` },
    { title: "a third machine joins", on: 1, script: `vxlan-setup.sh add-peer ${third.privateAddress}` },
    {
      title: "a third machine joins",
      on: 2,
      script: `vxlan-setup.sh add-peer ${second.privateAddress}\n${until(ping(0))}\n${until(ping(1))}`,
    },
    {
      title: "one that leaves is not reached, and the others stay",
      on: 1,
      script: `vxlan-setup.sh remove-peer ${third.privateAddress}\n${unreached(2)}\n${ping(0)}`,
    },
    { title: "one that leaves is not reached, and the others stay", on: 0, script: `${ping(1)}\n${ping(2)}` },
    {
      title: "set up twice is set up once",
      on: 0,
      script: `systemctl restart vxlan
test "$(ip -o link show type vxlan | wc -l)" = 1
${until(ping(1))}`,
    },
  ];
}

/** What is checked after a machine was started anew. */
export function rebootChecks(): readonly BootCheck[] {
  return [
    {
      title: "VXLAN is there after a reboot, with the peer that was added",
      on: 0,
      script: `${until(ping(1))}\n${until(ping(2))}`,
    },
    {
      title: "teardown leaves nothing",
      on: 0,
      script: `systemctl stop vxlan
if ip -o link show type vxlan | grep -q .; then echo "an interface is left"; exit 1; fi
if ip link show br-vxlan >/dev/null 2>&1; then echo "the bridge is left"; exit 1; fi`,
    },
  ];
}
