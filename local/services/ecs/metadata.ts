import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { type AwsCaller, objectAt, textAt } from "../../gateway/caller";
import { METADATA_ADDRESS } from "../../hosts/addresses";
import { now } from "./input";
import type { Task } from "./state";
import { describedTask } from "./tasks";
import type { World } from "./world";

/** A container whose metadata and credentials are told. */
interface Known {
  readonly task: Task;
  readonly container: string;
  readonly role: string | undefined;
  readonly world: World;
}

/**
 * The agent's endpoint inside the tasks' network: what a task is, and the credentials of its role.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export class MetadataEndpoint {
  private readonly known = new Map<string, Known>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.answer(request.url ?? "").then(
        (found) => {
          response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
          response.end(JSON.stringify(found ?? { message: "no such container" }));
        },
        (error) => {
          response.writeHead(500, { "content-type": "application/json" });
          response.end(
            JSON.stringify({ code: "InternalServerError", message: String(error?.message ?? error) }),
          );
        },
      );
    });
  }

  /** Listens on a Unix socket. */
  listen(path: string): void {
    this.server.listen(path);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Variables by which a container finds what is told of it. @param role - ARN of the task's role. */
  environmentOf(
    task: Task,
    container: string,
    role: string | undefined,
    world: World,
  ): Record<string, string> {
    const id = randomUUID();
    this.known.set(id, { task, container, role, world });
    const base = `http://${METADATA_ADDRESS}`;
    return {
      ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/${id}`,
      ECS_CONTAINER_METADATA_URI: `${base}/v3/${id}`,
      ...(role === undefined ? {} : { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${id}` }),
    };
  }

  /** Forgets a task that has ended. */
  forget({ taskArn }: Task): void {
    for (const [id, { task }] of this.known) if (task.taskArn === taskArn) this.known.delete(id);
  }

  private async answer(url: string): Promise<object | undefined> {
    const [, version, id = "", rest = ""] =
      /^\/(v3|v4|v2\/credentials)\/([0-9a-f-]+)(\/task)?$/.exec(url) ?? [];
    const known = this.known.get(id);
    if (!known) return undefined;
    const { task, container, role, world } = known;
    if (version === "v2/credentials")
      return role === undefined ? undefined : credentials(role, task, world.caller);
    const definition = world.document.taskDefinitions[task.taskDefinitionArn];
    const own = task.containers.find(({ name }) => name === container);
    if (rest === "")
      return (
        own && {
          DockerId: own.runtimeId,
          Name: own.name,
          Image: own.image,
          ImageID: own.imageDigest,
          KnownStatus: own.lastStatus,
          Networks: networks(task),
        }
      );
    return {
      Cluster: task.clusterArn,
      TaskARN: task.taskArn,
      Family: definition?.family,
      Revision: String(definition?.revision),
      DesiredStatus: task.desiredStatus,
      KnownStatus: task.lastStatus,
      AvailabilityZone: (describedTask(task, {}, world) as { availabilityZone: string }).availabilityZone,
      LaunchType: "FARGATE",
      Limits: { CPU: Number(definition?.cpu) / 1024, Memory: Number(definition?.memory) },
      Containers: task.containers.map(({ name, image, lastStatus, runtimeId }) => ({
        DockerId: runtimeId,
        Name: name,
        Image: image,
        KnownStatus: lastStatus,
        Networks: networks(task),
      })),
    };
  }
}

function networks({ network }: Task): readonly object[] {
  return network ? [{ NetworkMode: "awsvpc", IPv4Addresses: [network.address] }] : [];
}

async function credentials(role: string, task: Task, caller: AwsCaller): Promise<object> {
  const answer = await caller.query("sts", "2011-06-15", "AssumeRole", {
    RoleArn: role,
    RoleSessionName: task.taskArn.slice(task.taskArn.lastIndexOf("/") + 1),
  });
  const made = objectAt(answer, "Credentials");
  return {
    RoleArn: role,
    AccessKeyId: textAt(made, "AccessKeyId"),
    SecretAccessKey: textAt(made, "SecretAccessKey"),
    Token: textAt(made, "SessionToken"),
    Expiration: textAt(made, "Expiration") || new Date((now() + 3600) * 1000).toISOString(),
  };
}
