import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  ImportKeyPairCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceStatusOk,
} from "@aws-sdk/client-ec2";
import { packerAtHand } from "../../../cli/artifact/ami/template/packer";
import { imageDefaults } from "../../../cli/artifact/ami/template/settings";
import { packerTemplate, TEMPLATE_FILE } from "../../../cli/artifact/ami/template/template";
import { BIN } from "../../cli/groundplan";
import { type Emulator, startEmulator } from "../../emulator";
import { machinesLeftOut } from "../../machines";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";
import { SCRIPTS } from "./lab";

/** Packer makes the image on a machine that boots, and machines that boot from it are joined by VXLAN. */

const hasPacker =
  spawnSync("packer", ["version"], { env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).status === 0;
const OBSTACLE = machinesLeftOut() ?? (hasPacker ? undefined : "there is no Packer");
const onHost = OBSTACLE === undefined ? describe : describe.skip;

if (OBSTACLE !== undefined) test.skip(`an image by Packer, and machines of it: ${OBSTACLE}`, () => {});

const TAGS = {
  "groundplan:image": "vxlan-graviton",
  "groundplan:run": "run-1",
  GitHubRepository: "octo/platform",
  Version: "1.0.0",
};

/** Private addresses of the machines, and theirs in the network above. */
const MACHINES = {
  one: { below: "172.31.0.11", above: "192.168.100.1", above6: "fd00:100::1" },
  two: { below: "172.31.0.12", above: "192.168.100.2", above6: "fd00:100::2" },
  three: { below: "172.31.0.13", above: "192.168.100.3", above6: "fd00:100::3" },
} as const;
type Name = keyof typeof MACHINES;

onHost("the image", () => {
  let emulator: Emulator;
  let folder: string;
  let ec2: EC2Client;
  let networkNamespace: string;
  let image: string;
  const ids = new Map<Name, string>();

  beforeAll(async () => {
    folder = temporaryFolder("image");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
    emulator = await startEmulator({ instances: "boot" });
    const endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
    const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "any" };
    ec2 = new EC2Client({ endpoint, region: "us-east-1", credentials });
    const PublicKeyMaterial = readFileSync(join(folder, "key.pub"));
    await ec2.send(new ImportKeyPairCommand({ KeyName: "key", PublicKeyMaterial }));
    image = await build(endpoint);
    await Promise.all([start("one", "two"), start("two", "one")]);
  }, 600_000);

  afterAll(() => emulator?.stop());

  /** The network of the machines, which is made for the first one. */
  async function network(endpoint: string): Promise<string> {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ["099720109477"] }));
    const ImageId = Images[0]?.ImageId;
    const { Instances = [] } = await ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }));
    for (;;) {
      const answer = await fetch(`${endpoint}/_groundplan/status`);
      const { networkNamespace: path } = (await answer.json()) as { networkNamespace?: string };
      if (path !== undefined) {
        await ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances[0]?.InstanceId ?? ""] }));
        return path;
      }
      await sleep(200);
    }
  }

  /** Runs Packer in the network of the machines. @returns the id of the image. */
  async function build(endpoint: string): Promise<string> {
    networkNamespace = await network(endpoint);
    const template = packerTemplate({
      ...imageDefaults,
      packer: await packerAtHand(),
      folder: join(SCRIPTS, ".."),
      sourceCidrs: ["172.31.0.0/16"],
      sshInterface: "private_ip",
      endpoint,
      pollSeconds: 1,
    });
    writeFileSync(join(folder, TEMPLATE_FILE), JSON.stringify(template));
    const variables = {
      region: "us-east-1",
      ami_name: "vxlan-graviton-1.0.0",
      encrypt_boot: false,
      // Ubuntu's archive cannot be reached from here; the base has all that is installed.
      upgrade: false,
      tags: TAGS,
    };
    writeFileSync(join(folder, "build.pkrvars.json"), JSON.stringify(variables));
    const packer = ["packer", "build", "-color=false", "-var-file=build.pkrvars.json", TEMPLATE_FILE];
    const { code, output } = await runProgram("nsenter", [`--net=${networkNamespace}`, ...packer], {
      cwd: folder,
      environment: { ...emulator.environment, CHECKPOINT_DISABLE: "1" },
    });
    if (code !== 0) throw new Error(output);
    const { builds } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    return String(builds[0].artifact_id).split(":")[1] ?? "";
  }

  /** Starts a machine of the image that names one peer: by its tags, or by the file that its user data writes. */
  async function start(name: Name, peer: Name, by: "tags" | "user data" = "tags"): Promise<void> {
    const { below, above, above6 } = MACHINES[name];
    const settings = {
      id: "42",
      peers: MACHINES[peer].below,
      addresses: `${above}/24 ${above6}/64`,
    };
    const tags = Object.entries(settings).map(([key, Value]) => ({ Key: `vxlan:${key}`, Value }));
    const file = [
      "#cloud-config",
      "write_files:",
      "- path: /etc/vxlan/vxlan.conf",
      "  content: |",
      `    VXLAN_ID=${settings.id}`,
      `    PEERS="${settings.peers}"`,
      `    ADDRESSES="${settings.addresses}"`,
    ].join("\n");
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: image,
        MinCount: 1,
        MaxCount: 1,
        InstanceType: "t4g.small",
        KeyName: "key",
        PrivateIpAddress: below,
        MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
        ...(by === "tags"
          ? { TagSpecifications: [{ ResourceType: "instance", Tags: tags }] }
          : { UserData: Buffer.from(`${file}\n`).toString("base64") }),
      }),
    );
    const id = Instances[0]?.InstanceId ?? "";
    ids.set(name, id);
    await waitUntilInstanceStatusOk(
      { client: ec2, maxWaitTime: 240, minDelay: 1, maxDelay: 1 },
      { InstanceIds: [id] },
    );
    // The unit is done, one way or the other.
    expect(await ssh(name, "sudo cloud-init status --wait >/dev/null; systemctl is-active vxlan")).toBe(
      "active",
    );
  }

  /** Runs a command on a machine, as soon as it lets one in. */
  async function ssh(name: Name, command: string): Promise<string> {
    const options = [
      "StrictHostKeyChecking=no",
      "UserKnownHostsFile=/dev/null",
      "LogLevel=ERROR",
      "BatchMode=yes",
    ];
    const args = [
      ...[`--net=${networkNamespace}`, "ssh", "-i", join(folder, "key")],
      ...[...options, "ConnectTimeout=5"].flatMap((one) => ["-o", one]),
      ...[`ubuntu@${MACHINES[name].below}`, command],
    ];
    for (;;) {
      const { code, output } = await runProgram("nsenter", args);
      // 255 is ssh's own.
      if (code !== 255) return output.trim();
      await sleep(500);
    }
  }

  /** Whether a machine reaches another at the full size of a packet. */
  async function reaches(from: Name, to: Name): Promise<boolean> {
    const ping = `ping -c 3 -i 0.3 -W 2 -M do -s ${8951 - 28} ${MACHINES[to].above}`;
    return (await ssh(from, ping)).includes("bytes from");
  }

  const setUp = (on: Name, kind: "add-peer" | "remove-peer", peer: Name) =>
    ssh(on, `sudo /usr/local/sbin/vxlan-setup.sh ${kind} ${MACHINES[peer].below}`);

  test("is tagged, with its snapshot, and the build has left no machine and no group behind", async () => {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [image] }));
    const tags = Object.fromEntries((Images[0]?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    expect(tags).toMatchObject(TAGS);
    const SnapshotIds = [Images[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ""];
    const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds }));
    expect(Snapshots[0]?.Tags).toEqual(expect.arrayContaining([{ Key: "groundplan:run", Value: "run-1" }]));
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: "tag:groundplan:run", Values: ["run-1"] },
          { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
        ],
      }),
    );
    expect(Reservations).toEqual([]);
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    expect(SecurityGroups.filter(({ GroupName = "" }) => GroupName.startsWith("packer"))).toEqual([]);
  });

  test("has a list of its packages, and nothing of the builder", async () => {
    const list = execFileSync("tar", ["-xOf", join(folder, "inventory.tar"), "var/lib/dpkg/status"], {
      encoding: "utf8",
      maxBuffer: 1e9,
    });
    expect(list).toMatch(/^Package: nftables$/m);
    const own =
      "cat /etc/machine-id; cat /etc/ssh/ssh_host_ed25519_key.pub; wc -l <.ssh/authorized_keys; sudo ls -A /root/.ssh 2>/dev/null | head -1";
    const [one, two] = [await ssh("one", own), await ssh("two", own)].map((said) => said.split("\n"));
    expect(one?.[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(one?.[0]).not.toBe(two?.[0]);
    expect(one?.[1]).not.toBe(two?.[1]);
    expect(one?.[2]).toBe("1");
    expect(await ssh("one", "ls -d /tmp/vxlan /tmp/inventory.tar 2>/dev/null | wc -l")).toBe("0");
  });

  test("two machines that name each other by their tags reach each other: full MTU, IPv6, TCP", async () => {
    expect(await ssh("one", "ip -o link show br-vxlan")).toContain(" mtu 8951 ");
    expect([await reaches("one", "two"), await reaches("two", "one")]).toEqual([true, true]);
    expect(await ssh("one", `ping -6 -c 3 -W 5 ${MACHINES.two.above6}`)).toContain("bytes from");
    const listen =
      "nohup sh -c 'echo over TCP | nc -N -l 8080' >/dev/null 2>&1 & until ss -ltn | grep -q :8080; do sleep 0.1; done";
    await ssh("two", listen);
    expect(await ssh("one", `nc -d -w 10 ${MACHINES.two.above} 8080`)).toBe("over TCP");
  });

  test("a stranger's packet is dropped; named, it joins; and when it leaves, the others stay", async () => {
    await start("three", "one", "user data");
    expect(await reaches("three", "one")).toBe(false);
    expect(await ssh("one", "sudo nft list table inet groundplan_vxlan")).toMatch(
      /counter packets [1-9]\d* /,
    );

    expect(await setUp("one", "add-peer", "three")).toContain("2 peers");
    await setUp("two", "add-peer", "three");
    expect(await setUp("three", "add-peer", "two")).toContain("2 peers");
    expect([await reaches("three", "one"), await reaches("two", "three")]).toEqual([true, true]);

    await setUp("two", "remove-peer", "three");
    expect([
      await reaches("three", "two"),
      await reaches("three", "one"),
      await reaches("two", "one"),
    ]).toEqual([false, true, true]);
  });

  test("a reboot keeps it, the peer that was added too", async () => {
    const booted = "stat -c %Y /proc/1";
    const before = await ssh("one", booted);
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [ids.get("one") ?? ""] }));
    while ((await ssh("one", `sudo systemctl is-active vxlan && ${booted}`)) === `active\n${before}`)
      await sleep(500);
    await ssh("one", "until systemctl is-active vxlan; do sleep 0.5; done");
    expect([await reaches("one", "two"), await reaches("one", "three")]).toEqual([true, true]);
  });

  test("groundplan image test finds it by its run: three machines, a stranger, one that joins and leaves", async () => {
    const args = ["image", "test", "--run", "run-1", "--source-cidr", "172.31.0.0/16", "--json"];
    const { code, stdout } = await runProgram(
      "nsenter",
      [`--net=${networkNamespace}`, process.execPath, BIN, ...args],
      { cwd: folder, environment: { ...emulator.environment, AWS_REGION: "us-east-1" } },
    );
    const document = JSON.parse(stdout);
    expect(document.checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
    expect([code, document.ok, document.checks.length]).toEqual([0, true, 28]);
  }, 600_000);

  test("the teardown leaves nothing, and a second set-up brings it back", async () => {
    const left = "ip -br link | grep -cE 'vxlan|br-' ; sudo nft list ruleset | grep -c groundplan";
    expect(await ssh("two", `sudo systemctl stop vxlan; ${left}`)).toBe("0\n0");
    expect(await reaches("one", "two")).toBe(false);
    await ssh("two", "sudo systemctl start vxlan");
    expect(await reaches("one", "two")).toBe(true);
  });
});
