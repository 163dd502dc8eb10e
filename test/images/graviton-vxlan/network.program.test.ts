import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { temporaryFolder } from "../../temporary-folder";
import { type Family, Lab, labObstacle, overlay, SCRIPTS, underlay } from "./lab";

/** The scripts of the image, in network namespaces: real links, forwarding entries, rules and packets. */

const MACHINES = 4;
const OBSTACLE = labObstacle();
const inLab = OBSTACLE === undefined || process.env.CI === "true" ? describe : describe.skip;

/** Who names whom as a peer: `peers[a]` are the machines that `a` names. A machine without an entry is torn down. */
type Peers = ReadonlyMap<number, ReadonlySet<number>>;

const peersText = (peers: Iterable<number>, family: Family) =>
  [...peers].map((peer) => underlay(peer, family)).join(" ");

/** Two machines reach each other when both name the other. */
const linked = (peers: Peers, from: number, to: number) =>
  (peers.get(from)?.has(to) && peers.get(to)?.has(from)) === true;

/** Faults of the network, compared with who names whom, a line each. */
async function networkFaults(lab: Lab, peers: Peers, family: Family): Promise<readonly string[]> {
  const pairs = [...peers.keys()].flatMap((from) =>
    lab.all.filter((to) => to !== from).map((to) => ({ from, to })),
  );
  const mtu = lab.mtu - (family === "ipv4" ? 50 : 70);
  // One that is to answer is waited for long, at the full size; one that is not, shortly.
  const pings = pairs.map(({ from, to }) => {
    const address = overlay(to, "ipv4").split("/")[0];
    const how = linked(peers, from, to) ? `-W 5 -M do -s ${mtu - 28}` : "-W 0.4";
    return `(ip netns exec m${from} ping -c 1 -q ${how} ${address} >/dev/null 2>&1 && echo ${from} ${to}) &`;
  });
  const flush = [...peers.keys()].map((machine) => `ip -n m${machine} neigh flush dev br-vxlan`);
  const answered = await lab.succeed(`${flush.join(";")}\n${pings.join("\n")}\nwait`);
  const wanted = pairs
    .filter(({ from, to }) => linked(peers, from, to))
    .map(({ from, to }) => `${from} ${to}`);
  const faults: string[] = [];
  if (answered.trim().split("\n").sort().join() !== wanted.sort().join()) {
    faults.push(`reached: ${answered.trim().split("\n").sort().join()}; wanted: ${wanted.join()}`);
  }
  for (const machine of peers.keys()) {
    const { output } = await lab.on(
      machine,
      "ip -o link show vxlan0; ip -o link show br-vxlan; awk '/^Ip: [0-9]/ { print \"fragments\", $19 }' /proc/net/snmp; awk '/Ip6FragCreates/ { print \"fragments\", $2 }' /proc/net/snmp6",
    );
    const mtus = [...output.matchAll(/ mtu (\d+)/g)].map(([, found]) => Number(found));
    if (mtus.join() !== `${mtu},${mtu}`) faults.push(`machine ${machine} has the MTU ${mtus}, not ${mtu}`);
    if (/fragments [1-9]/.test(output)) faults.push(`machine ${machine} sends fragments`);
  }
  return faults;
}

/** Brings all machines to what is wanted, by the configuration file. */
async function setUpAll(lab: Lab, peers: Peers, family: Family): Promise<void> {
  await Promise.all(
    lab.all.map(async (machine) => {
      const named = peers.get(machine);
      if (!named) return lab.tearDown(machine);
      lab.configure(machine, { PEERS: peersText(named, family), FAMILY: family, CHECKSUM_OFFLOAD: "off" });
      const { code, output } = await lab.setUp(machine);
      if (code !== 0) throw new Error(output);
      return undefined;
    }),
  );
}

const all = Array.from({ length: MACHINES }, (_, at) => at + 1);
const mesh = new Map(all.map((one) => [one, new Set(all.filter((other) => other !== one))]));
const ring = new Map(
  all.map((one) => [one, new Set([(one % MACHINES) + 1, ((one + MACHINES - 2) % MACHINES) + 1])]),
);
const hub = new Map(all.map((one) => [one, new Set(one === 1 ? all.slice(1) : [1])]));
const line = new Map(
  all.map((one) => [one, new Set([one - 1, one + 1].filter((at) => at >= 1 && at <= MACHINES))]),
);

const anyPeers: fc.Arbitrary<Peers> = fc
  .tuple(...all.map((one) => fc.option(fc.subarray(all.filter((other) => other !== one)))))
  .map(
    (lists) =>
      new Map(lists.flatMap((list, at) => (list === null ? [] : [[at + 1, new Set(list)] as const]))),
  );
const topology = fc.oneof(fc.constantFrom<Peers>(mesh, ring, hub, line), anyPeers);

const mutation = fc.record({
  kind: fc.constantFrom("add-peer", "remove-peer", "setup", "teardown"),
  machine: fc.constantFrom(...all),
  peer: fc.constantFrom(...all),
});

/** Carries out one change on the machines, and in the model. */
async function mutate(
  lab: Lab,
  peers: Peers,
  family: Family,
  change: { kind: string; machine: number; peer: number },
): Promise<Peers> {
  const { kind, machine, peer } = change;
  const after = new Map(peers);
  const named = peers.get(machine);
  if (kind === "teardown") {
    after.delete(machine);
    await lab.tearDown(machine);
  } else if (kind === "setup" || named === undefined) {
    const same = named ?? new Set(all.filter((other) => other !== machine));
    after.set(machine, same);
    await setUpAll(lab, after, family);
  } else {
    if (peer === machine) {
      expect((await lab.setUp(machine, "add-peer", underlay(peer, family))).output).toContain("PEER_IS_SELF");
      return peers;
    }
    const changed = new Set(named);
    if (kind === "add-peer") changed.add(peer);
    else changed.delete(peer);
    after.set(machine, changed);
    const { code, output } = await lab.setUp(machine, kind, underlay(peer, family));
    if (code !== 0) throw new Error(output);
  }
  return after;
}

/** A lab with a copy of the scripts in which something is replaced. */
async function faultyLab(from: string | RegExp, to: string, file = "vxlan-setup.sh"): Promise<Lab> {
  const scripts = join(temporaryFolder("scripts"), "files");
  cpSync(SCRIPTS, scripts, { recursive: true });
  const text = readFileSync(join(scripts, file), "utf8");
  const faulty = text.replace(from, to);
  if (faulty === text) throw new Error(`nothing to replace: ${from}`);
  writeFileSync(join(scripts, file), faulty);
  return Lab.make({ machines: 2, scripts });
}

const two: Peers = new Map([
  [1, new Set([2])],
  [2, new Set([1])],
]);

/** Lets machine 2 send VXLAN packets to machine 1, which does not name it. @returns whether one was dropped, and one answered. */
async function stranger(lab: Lab, family: Family): Promise<{ dropped: boolean; answered: boolean }> {
  // The stranger knows everything, the network's number and the address of the bridge.
  await setUpAll(lab, two, family);
  await lab.setUp(1, "remove-peer", underlay(2, family));
  // It does not even name a peer, but answers would find their way.
  await lab.on(1, `bridge fdb append 00:00:00:00:00:00 dev vxlan0 dst ${underlay(2, family)}`);
  const { code } = await lab.on(2, "ip neigh flush dev br-vxlan; ping -c 2 -i 0.2 -W 1 192.168.100.1");
  const { output } = await lab.on(1, "nft list table inet groundplan_vxlan");
  return { dropped: /counter packets [1-9]\d* bytes \d+ drop/.test(output), answered: code === 0 };
}

if (OBSTACLE !== undefined && process.env.CI !== "true") {
  test.skip(`VXLAN in network namespaces: ${OBSTACLE}`, () => {});
}

inLab("the scripts in network namespaces", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.make({ machines: MACHINES });
  }, 60_000);

  afterAll(() => lab?.stop());

  test("whoever names whom, and whatever changes, two machines that name each other reach each other, at the full MTU", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Family>("ipv4", "ipv6"),
        topology,
        fc.array(mutation, { maxLength: 3 }),
        async (family, first, changes) => {
          let peers = first;
          await Promise.all(lab.all.map((machine) => lab.tearDown(machine)));
          await setUpAll(lab, peers, family);
          expect(await networkFaults(lab, peers, family)).toEqual([]);
          for (const change of changes) peers = await mutate(lab, peers, family, change);
          if (changes.length > 0) expect(await networkFaults(lab, peers, family)).toEqual([]);
        },
      ),
      { numRuns: Number(process.env.GROUNDPLAN_SEQUENCES ?? 4), endOnFailure: true },
    );
  }, 300_000);

  test.each<Family>(["ipv4", "ipv6"])(
    "over %s, teardown leaves nothing, and set-up twice is once",
    async (family) => {
      await Promise.all(lab.all.map((machine) => lab.tearDown(machine)));
      const before = await lab.state(1);
      await setUpAll(lab, mesh, family);
      const once = await lab.state(1);
      await setUpAll(lab, mesh, family);
      expect(await lab.state(1)).toBe(once);
      expect(once).toContain("vxlan0");
      expect((await lab.tearDown(1)).output).toBe("");
      expect(await lab.state(1)).toBe(before);
      expect((await lab.tearDown(1)).output).toBe("");
    },
  );

  test("peers come and go, and the others lose no packet", async () => {
    await setUpAll(lab, mesh, "ipv4");
    const changes = ["remove-peer", "add-peer", "remove-peer", "add-peer"].map(
      (kind) => `${join(SCRIPTS, "vxlan-setup.sh")} --config ${lab.configuration(1)} ${kind} 10.9.0.3`,
    );
    const { output } = await lab.on(
      1,
      `ping -q -i 0.02 192.168.100.2 & flow=$!; ${changes.join(" && ")}; kill -INT $flow; wait $flow`,
    );
    const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
    // The last may be on its way.
    expect(Number(sent) - Number(received)).toBeLessThanOrEqual(1);
    expect(Number(received)).toBeGreaterThan(4);
  });

  test("IPv6 and TCP go through, and MTU, port, name and families are as configured", async () => {
    await Promise.all(lab.all.map((machine) => lab.tearDown(machine)));
    for (const machine of [1, 2]) {
      lab.configure(machine, {
        PEERS: underlay(3 - machine, "ipv4"),
        ADDRESSES: `${overlay(machine, "ipv4")} ${overlay(machine, "ipv6")}`,
        MTU: "1450",
        PORT: "8472",
        INTERFACE: "vx7",
        BRIDGE: "br7",
        LEARNING: "on",
      });
      expect(await lab.setUp(machine)).toMatchObject({ code: 0 });
    }
    const settled = "while ip -6 addr show dev br7 tentative | grep -q inet6; do sleep 0.1; done";
    await lab.on(1, settled);
    await lab.on(2, settled);
    expect((await lab.on(1, "ping -6 -c 1 -W 10 -M do -s 1402 fd00:100::2")).output).toContain(
      " 0% packet loss",
    );
    const listen =
      "require('net').createServer((s) => { s.end('over TCP'); }).listen(80, '::', () => console.log('on'))";
    const ask = "require('net').connect(80, '192.168.100.2').on('data', (d) => console.log(String(d)))";
    const tcp = `ip netns exec m2 ${process.execPath} -e "${listen}" > ${lab.folder}/on & server=$!
      until grep -q on ${lab.folder}/on; do sleep 0.1; done; ip netns exec m1 ${process.execPath} -e "${ask}"; kill $server`;
    expect(await lab.succeed(tcp)).toBe("over TCP\n");
    expect((await lab.on(1, "ip -d -o link show vx7")).output).toMatch(/mtu 1450.* dstport 8472 ttl/);
    // Another number is another network, in place.
    lab.configure(1, { PEERS: underlay(2, "ipv4"), VXLAN_ID: "43", INTERFACE: "vx7", BRIDGE: "br7" });
    expect(await lab.setUp(1)).toMatchObject({ code: 0 });
    expect((await lab.on(1, "ip -d -o link show vx7")).output).toMatch(
      /mtu 8951.* id 43 .* dstport 4789 nolearning/,
    );
    expect((await lab.on(1, "ip -o addr show dev br7 scope global")).output).not.toContain("fd00:100::1");
  });

  test("interfaces that the configuration names otherwise now are removed", async () => {
    await setUpAll(lab, two, "ipv4");
    expect((await lab.on(1, "ip -br link")).output.match(/\S*(?:vx|br)\S*/g)).toEqual(["br-vxlan", "vxlan0"]);
  });

  test.each<Family>(["ipv4", "ipv6"])("over %s, a stranger's packet is dropped", async (family) => {
    expect(await stranger(lab, family)).toEqual({ dropped: true, answered: false });
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["an interface that is not there", { UNDERLAY: "eth9" }, "UNDERLAY_MISSING"],
    ["a local address that the interface does not have", { LOCAL: "10.9.0.77" }, "LOCAL_INVALID"],
    ["this machine as a peer", { PEERS: "10.9.0.1" }, "PEER_IS_SELF"],
    ["a multicast group", { PEERS: "239.1.1.1" }, "PEER_IS_MULTICAST"],
    ["a multicast group of IPv6", { PEERS: "ff05::1" }, "PEER_IS_MULTICAST"],
    ["the broadcast address", { PEERS: "255.255.255.255" }, "PEER_INVALID"],
    ["peers of both families", { PEERS: "10.9.0.2 fd09::2" }, "PEER_FAMILY_MISMATCH"],
    ["an MTU that does not fit", { MTU: "8952" }, "MTU_TOO_LARGE"],
    ["the name of an interface that is not ours", { INTERFACE: "ens5" }, "NAME_TAKEN"],
    [
      "metadata that nobody answers for",
      { METADATA: "on", METADATA_URL: "http://127.0.0.1:9" },
      "METADATA_UNREACHABLE",
    ],
  ])("%s fails by its name, and changes nothing", async (_, settings, name) => {
    await lab.tearDown(1);
    const before = await lab.state(1);
    lab.configure(1, { PEERS: "10.9.0.2", ...settings });
    const { code, output } = await lab.setUp(1, "--check");
    if (name !== "NAME_TAKEN")
      expect([code, output]).toEqual([1, expect.stringMatching(`^vxlan: ${name}: `)]);
    expect(await lab.state(1)).toBe(before);
    expect((await lab.setUp(1)).output).toContain(`vxlan: ${name}: `);
    await lab.tearDown(1);
    expect(await lab.state(1)).toBe(before);
  });

  test("a number that another interface has is said", async () => {
    await lab.tearDown(1);
    await lab.on(1, "ip link add other type vxlan id 42 local 10.9.0.1 dev ens5 dstport 4789");
    lab.configure(1, { PEERS: "10.9.0.2" });
    expect((await lab.setUp(1)).output).toContain("vxlan: VXLAN_ID_TAKEN: ");
    await lab.tearDown(1);
    expect((await lab.on(1, "ip -o link show other; ip link del other")).code).toBe(0);
  });
});

inLab("planted faults", () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    [
      "multicast instead of a static list",
      /bridge fdb append "\$mac"[^|]*\|\|/,
      'ip link set dev "$name" type vxlan group 239.1.1.1 dev "$UNDERLAY" ||',
      /^reached/,
    ],
    [
      "an MTU that leaves no room for the outer headers",
      "local overhead=50",
      "local overhead=0",
      /STEP_FAILED: line \d+ has failed: ip link set dev "\$name" mtu/,
    ],
    ["an MTU that is smaller than it may be", "local overhead=50", "local overhead=100", /reached|MTU 8901/],
    ["a bridge without its VXLAN", 'master "$bridge"', "nomaster", /^reached/],
  ])("%s is found", async (_, from, to, fault) => {
    const lab = await faultyLab(from, to);
    try {
      const said = await setUpAll(lab, two, "ipv4").then(
        () => networkFaults(lab, two, "ipv4"),
        (error: Error) => [error.message],
      );
      expect(said.join("\n")).toMatch(fault);
    } finally {
      await lab.stop();
    }
  });

  test("a port that is open to strangers is found", async () => {
    const lab = await faultyLab(/^add rule .* drop$/m, "");
    try {
      expect(await stranger(lab, "ipv4")).toEqual({ dropped: false, answered: true });
    } finally {
      await lab.stop();
    }
  });

  test.each<[string, string | RegExp, string]>([
    ["a table of rules that stays", /^if nft list table.*$/m, ""],
    ["a bridge that stays", "for kind in vxlan bridge", "for kind in vxlan"],
  ])("%s after the teardown is found", async (_, from, to) => {
    const lab = await faultyLab(from, to, "vxlan-teardown.sh");
    try {
      const before = await lab.state(1);
      await setUpAll(lab, two, "ipv4");
      await lab.tearDown(1);
      expect(await lab.state(1)).not.toBe(before);
    } finally {
      await lab.stop();
    }
  });
});
