import { randomUUID } from "node:crypto";
import { type AwsCaller, objectAt, textAt } from "../../gateway/caller";
import { type Input, objectOf, textsOf } from "./input";
import type { TaskInterface } from "./state";

const EC2 = "2016-11-15";

/** Interfaces that are made until one has an address that no other task has: VPCs may have the same range. */
const TRIES = 20;

/**
 * Makes the network interface of a task, in a subnet of its configuration.
 *
 * @param isTaken - whether a task has an address already: they are all in one network here.
 * @throws as AWS says it, where the subnet or a security group does not exist.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 */
export async function makeInterface(
  settings: Input,
  caller: AwsCaller,
  isTaken: (address: string) => boolean,
): Promise<TaskInterface> {
  const network = objectOf(objectOf(settings, "networkConfiguration") ?? {}, "awsvpcConfiguration") ?? {};
  const subnets = textsOf(network, "subnets");
  const subnet = subnets[Math.floor(Math.random() * subnets.length)] ?? "";
  const groups = textsOf(network, "securityGroups").map(
    (id, index) => [`SecurityGroupId.${index + 1}`, id] as const,
  );
  const refused: string[] = [];
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await caller.query("ec2", EC2, "CreateNetworkInterface", {
        SubnetId: subnet,
        Description: "task of ECS",
        ...Object.fromEntries(groups),
      });
      const made = objectAt(answer, "networkInterface");
      const [id, address] = [textAt(made, "networkInterfaceId"), textAt(made, "privateIpAddress")];
      if (!isTaken(address))
        return { attachmentId: randomUUID(), id, address, subnet, mac: textAt(made, "macAddress") };
      refused.push(id);
    }
  } finally {
    for (const id of refused) await removeInterface(id, caller);
  }
  throw new Error(`the subnet ${subnet} has no address that no other task has`);
}

/** Removes an interface; one that is gone is no matter. */
export async function removeInterface(id: string, caller: AwsCaller): Promise<void> {
  await caller.query("ec2", EC2, "DeleteNetworkInterface", { NetworkInterfaceId: id }).catch(() => undefined);
}
