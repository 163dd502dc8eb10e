import { setTimeout as sleep } from "node:timers/promises";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { nameOf } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { endIfInterrupted } from "../../process/interrupts";
import type { Booted } from "./boot-checks";
import type { RegionClients } from "./clients";
import type { Patience } from "./distribute";
import { unlessGone } from "./prune";
import { tagList } from "./tags";

/** With what machines are started. */
export interface MachinesProps {
  readonly ami: string;
  readonly instanceType: string;
  readonly subnet?: string;

  /** Range from which they are reached by SSH. */
  readonly sourceCidr: string;

  /** Public key, as OpenSSH writes it. */
  readonly publicKey: string;

  /** By which all of it is found again. */
  readonly tags: Readonly<Record<string, string>>;
  readonly name: string;
  readonly patience: Patience;
}

/** Machines that are running, with what was made for them. */
export class Machines {
  private readonly instances: string[] = [];
  private group: string | undefined;
  private hasKey = false;

  constructor(
    private readonly clients: RegionClients,
    private readonly props: MachinesProps,
  ) {}

  /** Starts two of an AMI, and waits until they run. */
  async start(): Promise<readonly [Booted, Booted]> {
    const { ami, instanceType, publicKey, tags, name, subnet } = this.props;
    const { ec2 } = this.clients;
    const tagged = (ResourceType: "instance" | "volume" | "key-pair" | "security-group") => ({
      ResourceType,
      Tags: tagList({ Name: name, ...tags }),
    });
    await ec2.send(
      new ImportKeyPairCommand({
        KeyName: name,
        PublicKeyMaterial: Buffer.from(publicKey),
        TagSpecifications: [tagged("key-pair")],
      }),
    );
    this.hasKey = true;
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: name,
        Description: "Boot test of an image",
        VpcId: await this.vpc(),
        TagSpecifications: [tagged("security-group")],
      }),
    );
    this.group = GroupId;
    await this.allow();
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: ami,
        InstanceType: instanceType as "t4g.small",
        MinCount: 2,
        MaxCount: 2,
        KeyName: name,
        SecurityGroupIds: GroupId ? [GroupId] : [],
        ...(subnet === undefined ? {} : { SubnetId: subnet }),
        ClientToken: name.slice(0, 64),
        MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
        InstanceInitiatedShutdownBehavior: "terminate",
        TagSpecifications: [tagged("instance"), tagged("volume")],
      }),
    );
    this.instances.push(...Instances.map(({ InstanceId = "" }) => InstanceId));
    return this.running();
  }

  /** Takes away all that was made. Everything is tried; what AWS holds yet is found by its tags. */
  async stop(): Promise<void> {
    const { ec2 } = this.clients;
    if (this.instances.length > 0) {
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: this.instances }));
      await this.until(async () => (await this.describe()).every(({ state }) => state === "terminated"));
    }
    if (this.group !== undefined)
      await unlessGone(
        ec2.send(new DeleteSecurityGroupCommand({ GroupId: this.group })),
        "InvalidGroup.NotFound",
      );
    if (this.hasKey)
      await unlessGone(
        ec2.send(new DeleteKeyPairCommand({ KeyName: this.props.name })),
        "InvalidKeyPair.NotFound",
      );
  }

  /** SSH from here, and VXLAN and pings from each other. */
  private async allow(): Promise<void> {
    const { group: GroupId, props } = this;
    const own = [{ GroupId: GroupId ?? "" }];
    await this.clients.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: props.sourceCidr }] },
          { IpProtocol: "udp", FromPort: 4789, ToPort: 4789, UserIdGroupPairs: own },
        ],
      }),
    );
  }

  private async vpc(): Promise<string | undefined> {
    const { ec2, region } = this.clients;
    const { subnet } = this.props;
    if (subnet !== undefined) {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnet] }));
      return Subnets[0]?.VpcId;
    }
    const { Vpcs = [] } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
    );
    if (Vpcs[0]) return Vpcs[0].VpcId;
    throw new CliError(EXIT.HELD, `${region} has no default VPC`, "name a subnet: --subnet subnet-…");
  }

  private async running(): Promise<readonly [Booted, Booted]> {
    await this.until(async () => {
      const all = await this.describe();
      const ended = all.find(({ state }) => !["pending", "running"].includes(state));
      if (ended)
        throw new CliError(
          EXIT.FAILED,
          `${ended.instance} is ${ended.state}: the AMI does not start`,
          ended.reason,
        );
      return all.length === 2 && all.every(({ state }) => state === "running");
    });
    const [first, second] = await this.describe();
    if (first && second) return [first, second];
    throw new CliError(EXIT.FAILED, "the machines are gone");
  }

  private async describe(): Promise<
    readonly (Booted & { readonly state: string; readonly reason: string })[]
  > {
    try {
      const { Reservations = [] } = await this.clients.ec2.send(
        new DescribeInstancesCommand({ InstanceIds: this.instances }),
      );
      return Reservations.flatMap((one) => one.Instances ?? []).map((one) => ({
        instance: one.InstanceId ?? "",
        address: one.PublicIpAddress ?? one.PrivateIpAddress ?? "",
        privateAddress: one.PrivateIpAddress ?? "",
        state: one.State?.Name ?? "",
        reason: one.StateReason?.Message ?? "AWS gives no reason",
      }));
    } catch (error) {
      // What was just started may not be known yet.
      if (nameOf(error).startsWith("InvalidInstanceID")) return [];
      throw error;
    }
  }

  private async until(isDone: () => Promise<boolean>): Promise<void> {
    const { pause, looks } = this.props.patience;
    for (let look = 0; !(await isDone()); look += 1) {
      if (look >= looks) throw new CliError(EXIT.FAILED, `the machines are not there after ${looks} looks`);
      endIfInterrupted();
      await sleep(pause);
    }
  }
}
