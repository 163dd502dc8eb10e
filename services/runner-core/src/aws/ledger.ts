import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Order } from "../order";
import type { Entry, Ledger, Mark } from "../ports";

type Item = Record<string, AttributeValue>;

/** Seconds that an entry is kept: longer than a job can be queued, so that none of its webhooks is taken for new. */
const KEPT_SECONDS = 3 * 24 * 3600;

/** Keys that DynamoDB reads at once. */
const MOST_READ = 100;

const MARKS = "marks";
const NAMES = "names";

/**
 * The table: an item for each job, and one for each mark, which DynamoDB deletes after three days; and one for each name of
 * a runner that stays.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export function dynamoLedger(client: DynamoDBClient, TableName: string, now: () => number): Ledger {
  const expires = () => number(Math.ceil(now()) + KEPT_SECONDS);

  /** Begins an attempt; what is there when it, or a later one, has begun. */
  const begin = async (order: Order, at: number, leaseUntil: number): Promise<Item | undefined> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: {
            ...jobKey(order.jobId),
            attempt: number(order.attempt),
            at: number(at),
            leaseUntil: number(leaseUntil),
            refusals: number(0),
            expires: expires(),
          },
          ConditionExpression: "attribute_not_exists(pk) OR attempt < :attempt",
          ExpressionAttributeValues: { ":attempt": number(order.attempt) },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return error.Item;
    }
  };
  const takeLease = async (order: Order, before: Entry, leaseUntil: number): Promise<boolean> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: jobKey(order.jobId),
          UpdateExpression: "SET leaseUntil = :after",
          ConditionExpression: "attempt = :attempt AND leaseUntil = :before",
          ExpressionAttributeValues: {
            ":attempt": number(order.attempt),
            ":before": number(before.leaseUntil),
            ":after": number(leaseUntil),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  const partition = async (pk: string): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": { S: pk } },
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      items.push(...Items);
      start = LastEvaluatedKey;
    } while (start);
    return items;
  };

  return {
    async claim(order, at, leaseUntil) {
      const item = await begin(order, at, leaseUntil);
      if (!item) return { attempt: order.attempt, at, leaseUntil, refusals: 0 };
      const entry = entryOf(item);
      if (entry.attempt > order.attempt) return "superseded";
      if (entry.instanceId !== undefined) return entry;
      if (entry.leaseUntil > at) return "leased";
      return (await takeLease(order, entry, leaseUntil)) ? { ...entry, leaseUntil } : "leased";
    },
    async note({ jobId, attempt }, known) {
      const fields = Object.entries(known);
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: jobKey(jobId),
          UpdateExpression: `SET ${fields.map(([name]) => `${name} = :${name}`).join(", ")}`,
          ConditionExpression: "attempt = :attempt",
          ExpressionAttributeValues: {
            ":attempt": number(attempt),
            ...Object.fromEntries(
              fields.map(([name, value]) => [
                `:${name}`,
                typeof value === "number" ? number(value) : { S: value },
              ]),
            ),
          },
        }),
      );
    },
    async entries(jobIds) {
      const entries = new Map<number, Entry>();
      for (let first = 0; first < jobIds.length; first += MOST_READ) {
        let keys: Item[] | undefined = jobIds.slice(first, first + MOST_READ).map(jobKey);
        while (keys && keys.length > 0) {
          const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
            new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } }),
          );
          for (const item of Responses?.[TableName] ?? []) {
            entries.set(Number(item.pk?.S?.slice(JOB.length)), entryOf(item));
          }
          keys = UnprocessedKeys?.[TableName]?.Keys;
        }
      }
      return entries;
    },
    async marks() {
      const marks = new Map<string, Mark>();
      for (const { sk, reason, since } of await partition(MARKS)) {
        marks.set(sk?.S ?? "", { reason: reason?.S ?? "", since: Number(since?.N) });
      }
      return marks;
    },
    async mark(key, { reason, since }) {
      const Item = { ...markKey(key), reason: { S: reason }, since: number(since), expires: expires() };
      await client.send(new PutItemCommand({ TableName, Item }));
    },
    async names() {
      const names = new Map<string, string>();
      for (const { sk, instanceId } of await partition(NAMES)) names.set(sk?.S ?? "", instanceId?.S ?? "");
      return names;
    },
    async claimName(name, instanceId, former) {
      try {
        await client.send(
          new PutItemCommand({
            TableName,
            Item: { pk: { S: NAMES }, sk: { S: name }, instanceId: { S: instanceId } },
            ConditionExpression: former === undefined ? "attribute_not_exists(pk)" : "instanceId = :former",
            ...(former === undefined ? {} : { ExpressionAttributeValues: { ":former": { S: former } } }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async unmark(key) {
      await client.send(new DeleteItemCommand({ TableName, Key: markKey(key) }));
    },
  };
}

const JOB = "job#";

function jobKey(jobId: number): Item {
  return { pk: { S: `${JOB}${jobId}` }, sk: { S: "start" } };
}

function markKey(key: string): Item {
  return { pk: { S: MARKS }, sk: { S: key } };
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}

function entryOf({ attempt, at, leaseUntil, refusals, runnerId, instanceId }: Item): Entry {
  return {
    attempt: Number(attempt?.N),
    at: Number(at?.N),
    leaseUntil: Number(leaseUntil?.N),
    refusals: Number(refusals?.N ?? 0),
    ...(runnerId === undefined ? {} : { runnerId: runnerId.S ?? Number(runnerId.N) }),
    ...(instanceId?.S === undefined ? {} : { instanceId: instanceId.S }),
  };
}
