import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateImageCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeKeyPairsCommand,
  EC2Client,
  GetConsoleOutputCommand,
  ImportKeyPairCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceStatusOk,
  waitUntilInstanceTerminated,
} from "@aws-sdk/client-ec2";
import { cgroupFolders } from "../../../../local/cluster/real-node/cgroup";
import { hostCgroup } from "../../../../local/hosts/host";
import { builtLocal } from "../../../built-local";
import { type Emulator, startEmulator } from "../../../emulator";
import { MachineShell } from "../../../machine-shell";
import { machinesLeftOut } from "../../../machines";
import { temporaryFolder } from "../../../temporary-folder";

const LEFT_OUT = machinesLeftOut();
const onHost = LEFT_OUT === undefined ? describe : describe.skip;
if (LEFT_OUT !== undefined) test.skip(`instances that boot: ${LEFT_OUT}`, () => {});

/** The newest Ubuntu, as Packer's `source_ami_filter` finds it. */
const UBUNTU = {
  Owners: ["099720109477"],
  Filters: [
    { Name: "name", Values: ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*"] },
    { Name: "virtualization-type", Values: ["hvm"] },
    { Name: "root-device-type", Values: ["ebs"] },
  ],
};

const USER_DATA = "#!/bin/sh\necho $(hostname) >/root/user-data\n";

/** A session of the metadata service, what it tells, and what is told without one. */
const METADATA = `token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' 169.254.169.254/latest/api/token)
curl -s -H "X-aws-ec2-metadata-token: $token" 169.254.169.254/latest/meta-data/tags/instance/Name; echo
curl -s -o /dev/null -w '%{http_code}' 169.254.169.254/latest/meta-data/`;

/** Asks for what a spot instance is told of its capacity. */
const noticeAt = (path: string) =>
  `token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' 169.254.169.254/latest/api/token)
curl -s -H "X-aws-ec2-metadata-token: $token" 169.254.169.254/latest/meta-data/${path}`;

onHost("instances that boot", () => {
  let emulator: Emulator;
  let folder: string;
  let ec2: EC2Client;
  let shell: MachineShell;

  beforeAll(async () => {
    folder = temporaryFolder("instances");
    shell = new MachineShell(folder, () => emulator.environment.AWS_ENDPOINT_URL ?? "");
    emulator = await startEmulator({ instances: "boot" });
    ec2 = new EC2Client({
      endpoint: emulator.environment.AWS_ENDPOINT_URL ?? "",
      region: "us-east-1",
      credentials: { accessKeyId: "groundplan-local", secretAccessKey: "any" },
    });
    const PublicKeyMaterial = Buffer.from(shell.publicKey);
    await ec2.send(new ImportKeyPairCommand({ KeyName: "key", PublicKeyMaterial }));
  });

  afterAll(async () => {
    await emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(image: string, count: number) {
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: image,
        MinCount: count,
        MaxCount: count,
        InstanceType: "t4g.small",
        KeyName: "key",
        UserData: Buffer.from(USER_DATA).toString("base64"),
        MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: "one" }] }],
      }),
    );
    expect(Instances.map(({ State }) => State?.Name)).toEqual(Array(count).fill("pending"));
    const ids = Instances.map(({ InstanceId = "" }) => InstanceId);
    await waitUntilInstanceStatusOk(
      { client: ec2, maxWaitTime: 240, minDelay: 1, maxDelay: 1 },
      { InstanceIds: ids },
    );
    return Instances.map(({ InstanceId = "", PrivateIpAddress = "" }) => ({
      id: InstanceId,
      address: PrivateIpAddress,
    }));
  }

  async function end(ids: string[]) {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    await waitUntilInstanceTerminated(
      { client: ec2, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { InstanceIds: ids },
    );
  }

  const ssh = (id: string, command: string) => shell.run(id, command);

  async function consoleOf(id: string): Promise<string> {
    const { Output = "" } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
    return Buffer.from(Output, "base64").toString();
  }

  const written = () => {
    const place = join(emulator.stateDirectory, "hosts", "machines");
    return ["instances", "layers"].flatMap((kind) =>
      existsSync(join(place, kind)) ? readdirSync(join(place, kind)) : [],
    );
  };

  test("boot, reach each other, become an image that boots, and leave nothing", async () => {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand(UBUNTU));
    expect(Images).toHaveLength(1);
    const [one, two] = await run(Images[0]?.ImageId ?? "", 2);
    if (!one || !two) throw new Error("two instances were asked for");

    expect(await ssh(one.id, "cloud-init status --wait >/dev/null; sudo cat /root/user-data")).toBe(
      `ip-${one.address.replaceAll(".", "-")}`,
    );
    expect(await ssh(one.id, METADATA)).toBe("one\n401");
    expect(await ssh(one.id, "sudo sysctl -n -w net.ipv4.ip_forward=1")).toBe("1");
    expect(await ssh(one.id, `ping -c 1 -W 5 -M do -s 8973 ${two.address} >/dev/null && echo reached`)).toBe(
      "reached",
    );
    expect(
      await ssh(one.id, 'curl -s -o /dev/null -w "%{http_code}" $AWS_ENDPOINT_URL/_groundplan/status'),
    ).toBe("200");
    expect(await consoleOf(one.id)).toContain("multi-user.target");

    await ssh(one.id, "sudo sh -c 'echo baked >/etc/baked; rm /etc/issue.net'");
    const { ImageId = "" } = await ec2.send(new CreateImageCommand({ InstanceId: one.id, Name: "baked" }));
    await end([one.id, two.id]);
    expect(written()).toEqual([ImageId]);

    const [three] = await run(ImageId, 1);
    const id = three?.id ?? "";
    expect(
      await ssh(
        id,
        "cloud-init status --wait >/dev/null; cat /etc/baked; ls /etc/issue.net 2>/dev/null; sudo cat /root/user-data",
      ),
    ).toBe(`baked\nip-${three?.address.replaceAll(".", "-")}`);
    await ssh(id, "sudo touch /root/stays /run/of-this-boot");
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    let left = "";
    while (left !== "/root/stays") {
      await sleep(500);
      left = await ssh(id, "sudo ls /root/stays /run/of-this-boot 2>/dev/null");
    }

    // By itself, while others use EC2: each of their changes is a look at the instances, and none boots it once more.
    await ssh(id, "sudo systemctl reboot");
    for (const isUp of [false, true]) {
      while (/Reached target .*multi-user\.target/.test(await consoleOf(id)) !== isUp)
        await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "look", Value: "any" }] }));
    }
    expect(await ssh(id, "sudo ls /root/stays")).toBe("/root/stays");

    const image = (await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }))).Images?.[0];
    await ec2.send(new DeregisterImageCommand({ ImageId }));
    await ec2.send(
      new DeleteSnapshotCommand({ SnapshotId: image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId }),
    );
    // What it is based on stays for the instance that runs from it.
    expect(written().sort()).toEqual([ImageId, id].sort());
    const interruptions = `${emulator.environment.AWS_ENDPOINT_URL}/_groundplan/ec2/interruptions`;
    const interrupt = (seconds: number) =>
      fetch(interruptions, { method: "POST", body: JSON.stringify({ instanceId: id, seconds }) });
    await fetch(interruptions.replace("interruptions", "rebalance-recommendations"), {
      method: "POST",
      body: JSON.stringify({ instanceId: id }),
    });
    expect(await ssh(id, noticeAt("events/recommendations/rebalance"))).toContain("noticeTime");
    await interrupt(600);
    expect(await ssh(id, noticeAt("spot/instance-action"))).toContain('"action":"terminate"');
    await interrupt(0);
    await waitUntilInstanceTerminated(
      { client: ec2, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { InstanceIds: [id] },
    );
    while (written().length > 0) await sleep(100);
  });

  test("a key pair is deleted by its id, and no other", async () => {
    const PublicKeyMaterial = readFileSync(join(folder, "key.pub"));
    const { KeyPairId } = await ec2.send(new ImportKeyPairCommand({ KeyName: "by-id", PublicKeyMaterial }));
    await ec2.send(new DeleteKeyPairCommand({ KeyPairId }));
    const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({}));
    expect(KeyPairs.map(({ KeyName }) => KeyName)).toEqual(["key"]);
  });

  test("planted fault: what a killed emulator leaves is gone after the next start", async () => {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand(UBUNTU));
    const [one] = await run(Images[0]?.ImageId ?? "", 1);
    expect(written()).toContain(one?.id);
    const status = await fetch(`${emulator.environment.AWS_ENDPOINT_URL}/_groundplan/status`);
    const { pid } = (await status.json()) as { pid: number };
    expect(cgroupFolders(hostCgroup(emulator.stateDirectory))).not.toEqual([]);
    process.kill(pid, "SIGKILL");
    const { stateDirectory } = emulator;
    const again = { port: 0, stateDirectory, persist: false, instances: "boot" };
    await builtLocal(`local.up(${JSON.stringify(again)})`);
    while (written().length > 0) await sleep(100);
    expect(cgroupFolders(hostCgroup(emulator.stateDirectory))).toEqual([]);
  });
});
