import { randomUUID } from "node:crypto";
import { type AwsCaller, objectAt, textAt } from "../gateway/caller";

/** A network interface of the EC2 emulator, with the address of what runs here. */
export interface HostInterface {
  readonly attachmentId: string;
  readonly id: string;
  readonly address: string;
  readonly subnet: string;
  readonly mac: string;
}

/** Where an interface is made. */
export interface InterfaceProps {
  /** One of them is taken. */
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly description: string;
}

const EC2 = "2016-11-15";

/** Interfaces that are made until one has an address that nothing else has: VPCs may have the same range. */
const TRIES = 20;

/** Addresses that are in use in the network of the host, which is one for all VPCs. */
export class Addresses {
  private readonly taken = new Set<string>();

  /**
   * Makes a network interface in a subnet, as services of AWS make them in their users' VPCs.
   *
   * @throws CallError where the subnet or a security group does not exist.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
   */
  async make(
    { subnets, securityGroups, description }: InterfaceProps,
    caller: AwsCaller,
  ): Promise<HostInterface> {
    const subnet = subnets[Math.floor(Math.random() * subnets.length)] ?? "";
    const groups = securityGroups.map((id, index) => [`SecurityGroupId.${index + 1}`, id] as const);
    const refused: string[] = [];
    try {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const answer = await caller.query("ec2", EC2, "CreateNetworkInterface", {
          SubnetId: subnet,
          Description: description,
          ...Object.fromEntries(groups),
        });
        const made = objectAt(answer, "networkInterface");
        const [id, address] = [textAt(made, "networkInterfaceId"), textAt(made, "privateIpAddress")];
        if (!this.taken.has(address)) {
          this.taken.add(address);
          return { attachmentId: randomUUID(), id, address, subnet, mac: textAt(made, "macAddress") };
        }
        refused.push(id);
      }
    } finally {
      for (const id of refused) await deleteInterface(id, caller);
    }
    throw new Error(`the subnet ${subnet} has no address that is free`);
  }

  /** Takes an address that is known from before. */
  take(address: string): void {
    this.taken.add(address);
  }

  /** Gives an address back that was taken. */
  release(address: string): void {
    this.taken.delete(address);
  }

  /** Removes an interface; one that is gone is no matter. */
  async remove({ id, address }: HostInterface, caller: AwsCaller): Promise<void> {
    await deleteInterface(id, caller);
    this.taken.delete(address);
  }
}

async function deleteInterface(id: string, caller: AwsCaller): Promise<void> {
  await caller.query("ec2", EC2, "DeleteNetworkInterface", { NetworkInterfaceId: id }).catch(() => undefined);
}
