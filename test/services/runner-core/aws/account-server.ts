import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Attribute = { readonly S?: string; readonly N?: string };
type Item = Record<string, Attribute>;

/** An instance as EC2 lists it. */
export interface ServedInstance {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What the functions use of an AWS account, over HTTP, in AWS's protocols: a table with its conditions, a queue, parameters
 * with tags, a secret, and EC2 Fleet with its tokens.
 */
export class AccountServer {
  readonly items = new Map<string, Item>();
  readonly messages: string[] = [];
  readonly parameters = new Map<string, { readonly value: string; readonly tags: Record<string, string> }>();
  readonly instances: ServedInstance[] = [];

  /** What is done after a request has had its effect; one that says false leaves it unanswered. */
  onRequest: (what: string) => boolean = () => true;
  secret = "";
  private readonly launched = new Map<string, string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<AccountServer> {
    const server = createServer();
    const made = new AccountServer(server);
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString("utf8");
      const target = request.headers["x-amz-target"]?.toString();
      const what = target ?? `EC2.${new URLSearchParams(body).get("Action")}`;
      const [status, answer] =
        target === undefined
          ? [200, made.ec2(new URLSearchParams(body))]
          : made.json(target, JSON.parse(body));
      if (!made.onRequest(what)) return;
      response.writeHead(status, {
        "content-type": target === undefined ? "text/xml" : "application/x-amz-json-1.0",
      });
      response.end(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The leases of all attempts are over, as after two minutes. */
  endLeases(): void {
    for (const item of this.items.values()) if (item.leaseUntil) item.leaseUntil = { N: "0" };
  }

  /** No token of a launch is known any more. */
  forgetLaunches(): void {
    this.launched.clear();
  }

  private json(target: string, input: Record<string, unknown>): [number, string] {
    const [, operation = ""] = target.split(".");
    const answers: Readonly<Record<string, () => object>> = {
      PutItem: () => this.put(input as never),
      DeleteItem: () => {
        this.items.delete(keyOf(input.Key as Item));
        return {};
      },
      UpdateItem: () => this.update(input as never),
      SendMessageBatch: () => this.send(input as never),
      GetSecretValue: () => ({ SecretString: this.secret }),
      PutParameter: () => {
        this.parameters.set(input.Name as string, { value: input.Value as string, tags: {} });
        return { Version: 1 };
      },
      AddTagsToResource: () => {
        const { tags } = this.parameters.get(input.ResourceId as string) ?? { tags: {} };
        for (const { Key, Value } of input.Tags as readonly { Key: string; Value: string }[])
          Object.assign(tags, { [Key]: Value });
        return {};
      },
    };
    const answer = answers[operation];
    if (!answer) return [400, JSON.stringify({ __type: "UnknownOperationException" })];
    try {
      return [200, JSON.stringify(answer())];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return [400, JSON.stringify({ __type: "ConditionalCheckFailedException", Item: error.item })];
    }
  }

  private put({
    Item: item,
    ConditionExpression: condition,
    ExpressionAttributeValues: values,
  }: Asked): object {
    const key = keyOf(item as Item);
    this.check(condition, values, this.items.get(key));
    this.items.set(key, { ...item });
    return {};
  }

  private update(asked: Asked): object {
    const { Key: id, UpdateExpression: text = "", ConditionExpression: condition } = asked;
    const { ExpressionAttributeValues: values = {} } = asked;
    const key = keyOf(id as Item);
    const item = this.items.get(key);
    this.check(condition, values, item);
    for (const part of text.replace(/^SET /, "").split(", ")) {
      const [name = "", value = ""] = part.split(" = ");
      (item as Item)[name] = values[value] as Attribute;
    }
    return {};
  }

  /** The conditions that the table is asked with, and no others. */
  private check(condition: string | undefined, values: Item = {}, item: Item | undefined): void {
    const equal = (name: string, value: string) => item?.[name]?.N === values[value]?.N;
    const holds: Readonly<Record<string, () => boolean>> = {
      "attribute_not_exists(pk) OR attempt < :attempt": () =>
        !item || Number(item.attempt?.N) < Number(values[":attempt"]?.N),
      "attempt = :attempt": () => equal("attempt", ":attempt"),
      "attempt = :attempt AND leaseUntil = :before": () =>
        equal("attempt", ":attempt") && equal("leaseUntil", ":before"),
    };
    if (condition === undefined) return;
    const check = holds[condition];
    if (!check) throw new Error(`the stand-in does not know ${condition}`);
    if (!check()) throw new Refused(item);
  }

  private send({
    Entries: entries = [],
  }: {
    readonly Entries?: readonly { Id: string; MessageBody: string }[];
  }) {
    this.messages.push(...entries.map(({ MessageBody: body }) => body));
    const md5 = (text: string) => createHash("md5").update(text).digest("hex");
    return {
      Successful: entries.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: md5(MessageBody),
      })),
      Failed: [],
    };
  }

  private ec2(query: URLSearchParams): string {
    if (query.get("Action") === "CreateFleet") return this.fleet(query);
    const items = this.instances.map(({ id, tags }) => {
      const set = Object.entries(tags).map(
        ([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`,
      );
      return `<item><instancesSet><item><instanceId>${id}</instanceId><instanceState><name>running</name></instanceState><launchTime>2026-11-30T12:00:00.000Z</launchTime><tagSet>${set.join("")}</tagSet></item></instancesSet></item>`;
    });
    return `<DescribeInstancesResponse><reservationSet>${items.join("")}</reservationSet></DescribeInstancesResponse>`;
  }

  private fleet(query: URLSearchParams): string {
    const token = query.get("ClientToken") ?? "";
    const id = this.launched.get(token) ?? `i-${String(this.instances.length + 1).padStart(17, "0")}`;
    if (!this.launched.has(token)) {
      const tags: Record<string, string> = {};
      for (let number = 1; query.has(`TagSpecification.1.Tag.${number}.Key`); number++)
        tags[query.get(`TagSpecification.1.Tag.${number}.Key`) ?? ""] =
          query.get(`TagSpecification.1.Tag.${number}.Value`) ?? "";
      this.instances.push({ id, tags });
      this.launched.set(token, id);
    }
    return `<CreateFleetResponse><fleetId>fleet-1</fleetId><fleetInstanceSet><item><instanceIds><item>${id}</item></instanceIds></item></fleetInstanceSet></CreateFleetResponse>`;
  }
}

class Refused extends Error {
  constructor(readonly item: Item | undefined) {
    super();
  }
}

interface Asked {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

function keyOf({ pk, sk }: Item): string {
  return `${pk?.S}/${sk?.S}`;
}
