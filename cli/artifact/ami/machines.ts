import { setTimeout as sleep } from "node:timers/promises";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { nameOf } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { endIfInterrupted } from "../../process/interrupts";
import type { Booted, Trio } from "./boot-checks";
import type { RegionClients } from "./clients";
import { defaultVpc } from "./default-network";
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

/** How many machines are started: two that are peers, and one that is a stranger first. */
const COUNT = 3;

/** How often machines are looked for whose start nobody has confirmed: EC2 tells of new ones after a moment. */
const LOST_LOOKS = 5;

/** Machines that are running, with what was made for them. */
export class Machines {
  private starting: Promise<readonly string[]> | undefined;

  constructor(
    private readonly clients: RegionClients,
    private readonly props: MachinesProps,
  ) {}

  /** Starts three of an AMI, and waits until they run. */
  async start(): Promise<Trio> {
    this.starting = this.begin();
    return this.running(await this.starting);
  }

  private async begin(): Promise<readonly string[]> {
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
    const VpcId = await this.vpc();
    endIfInterrupted();
    const { GroupId = "" } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: name,
        Description: "Boot test of an image",
        VpcId,
        TagSpecifications: [tagged("security-group")],
      }),
    );
    await this.allow(GroupId);
    endIfInterrupted();
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: ami,
        InstanceType: instanceType as "t4g.small",
        MinCount: COUNT,
        MaxCount: COUNT,
        KeyName: name,
        SecurityGroupIds: [GroupId],
        ...(subnet === undefined ? {} : { SubnetId: subnet }),
        ClientToken: name.slice(0, 64),
        MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
        InstanceInitiatedShutdownBehavior: "terminate",
        TagSpecifications: [tagged("instance"), tagged("volume")],
      }),
    );
    return Instances.map(({ InstanceId = "" }) => InstanceId);
  }

  /**
   * Takes away all that was made, by its tags: the answer to a request may have been lost, or an interrupt came before it. What
   * is on its way is waited for, and everything is tried.
   *
   * @throws what went wrong first.
   */
  async stop(): Promise<void> {
    const { clients, props, starting } = this;
    if (!starting) return;
    const known = await starting.catch(() => undefined);
    const faults: unknown[] = [];
    const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => faults.push(error));
    await attempt(this.terminate(known ?? [], known === undefined ? LOST_LOOKS : 1));
    await attempt(this.deleteGroups());
    await attempt(
      unlessGone(
        clients.ec2.send(new DeleteKeyPairCommand({ KeyName: props.name })),
        "InvalidKeyPair.NotFound",
      ),
    );
    if (faults.length > 0) throw faults[0];
  }

  private async terminate(known: readonly string[], looks: number): Promise<void> {
    const { ec2 } = this.clients;
    let ids: readonly string[] = known;
    for (let look = 0; ids.length === 0 && look < looks; look += 1) {
      if (look > 0) await sleep(this.props.patience.pause);
      const found = await this.describe({ Filters: [{ Name: "tag:Name", Values: [this.props.name] }] });
      ids = found.filter(({ state }) => state !== "terminated").map(({ instance }) => instance);
    }
    if (ids.length === 0) return;
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }));
    await this.until(
      async () =>
        (await this.describe({ InstanceIds: [...ids] })).every(({ state }) => state === "terminated"),
      // It was stopped: this is what is done then.
      false,
    );
  }

  private async deleteGroups(): Promise<void> {
    const { ec2 } = this.clients;
    const Filters = [{ Name: "group-name", Values: [this.props.name] }];
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    for (const { GroupId } of SecurityGroups)
      await unlessGone(ec2.send(new DeleteSecurityGroupCommand({ GroupId })), "InvalidGroup.NotFound");
  }

  /** SSH from here, and VXLAN and pings from each other. */
  private async allow(GroupId: string): Promise<void> {
    const { props } = this;
    const own = [{ GroupId }];
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
    const { ec2 } = this.clients;
    const { subnet } = this.props;
    if (subnet !== undefined) {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnet] }));
      return Subnets[0]?.VpcId;
    }
    const vpc = await defaultVpc(this.clients);
    if (vpc instanceof CliError) throw vpc;
    return vpc;
  }

  /** @throws CliError when AWS says that a machine has ended. */
  async requireRunning({ instance }: Booted): Promise<void> {
    const seen = await this.describe({ InstanceIds: [instance] });
    for (const one of seen)
      if (hasEnded(one)) throw new CliError(EXIT.FAILED, `${instance} is ${one.state}`, one.reason);
  }

  private async running(ids: readonly string[]): Promise<Trio> {
    const seen = () => this.describe({ InstanceIds: [...ids] });
    await this.until(async () => {
      const all = await seen();
      const ended = all.find(hasEnded);
      if (ended)
        throw new CliError(
          EXIT.FAILED,
          `${ended.instance} is ${ended.state}: the AMI does not start`,
          ended.reason,
        );
      return all.length === COUNT && all.every(({ state }) => state === "running");
    });
    const [first, second, third] = await seen();
    if (first && second && third) return [first, second, third];
    throw new CliError(EXIT.FAILED, "the machines are gone");
  }

  private async describe(
    input: DescribeInstancesCommandInput,
  ): Promise<readonly (Booted & { readonly state: string; readonly reason: string })[]> {
    try {
      const { Reservations = [] } = await this.clients.ec2.send(new DescribeInstancesCommand(input));
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

  private async until(isDone: () => Promise<boolean>, ends = true): Promise<void> {
    const { pause, looks } = this.props.patience;
    for (let look = 0; !(await isDone()); look += 1) {
      if (look >= looks) throw new CliError(EXIT.FAILED, `the machines are not there after ${looks} looks`);
      if (ends) endIfInterrupted();
      await sleep(pause);
    }
  }
}

function hasEnded({ state }: { readonly state: string }): boolean {
  return !["pending", "running"].includes(state);
}
