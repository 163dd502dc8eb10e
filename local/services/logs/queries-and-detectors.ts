import { randomUUID } from "node:crypto";
import { Store } from "../../files/store";
import { AwsCaller, CallError } from "../../gateway/caller";
import { errorResponse } from "../../gateway/errors";
import { jsonResponse, type Place, type WholeRequest, type WholeResponse } from "../../gateway/exchange";
import type { Forward, OwnService } from "../../gateway/service";

type Input = Readonly<Record<string, unknown>>;

/** Saved queries, policies and detectors by their kind, account and Region, and then by id. */
type Document = Record<string, Record<string, Input>>;

class LogsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What an operation is asked, where, and by whose means it asks of log groups. */
interface Call {
  readonly input: Input;
  readonly place: Place;
  readonly caller: AwsCaller;
}

/**
 * Saved queries, data protection policies and anomaly detectors of CloudWatch Logs, which MiniStack does not have. They are kept
 * and given back: no line is masked, and no anomaly is found.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogAnomalyDetector.html
 */
export class QueriesAndDetectors implements OwnService {
  private readonly store: Store<Document>;

  private readonly operations: Readonly<Record<string, (call: Call) => object | Promise<object>>> = {
    PutQueryDefinition: ({ input, place }) => {
      const given = input.queryDefinitionId;
      const id = typeof given === "string" ? given : randomUUID();
      if (given !== undefined) this.find("query", place, id);
      const { clientToken: _token, ...definition } = input;
      this.put("query", place, id, { ...definition, queryDefinitionId: id, lastModified: Date.now() });
      return { queryDefinitionId: id };
    },
    DescribeQueryDefinitions: ({ input, place }) => {
      const prefix = String(input.queryDefinitionNamePrefix ?? "");
      const all = Object.values(this.of("query", place));
      return { queryDefinitions: all.filter(({ name }) => String(name).startsWith(prefix)) };
    },
    DeleteQueryDefinition: ({ input, place }) => {
      const id = String(input.queryDefinitionId);
      this.find("query", place, id);
      this.put("query", place, id, undefined);
      return { success: true };
    },

    PutDataProtectionPolicy: async (call) => {
      const group = await groupName(call);
      const answer = {
        logGroupIdentifier: call.input.logGroupIdentifier,
        policyDocument: call.input.policyDocument,
        lastUpdatedTime: Date.now(),
      };
      this.put("protection", call.place, group, answer);
      return answer;
    },
    GetDataProtectionPolicy: async (call) => {
      const found = this.of("protection", call.place)[await groupName(call)];
      return { ...found, logGroupIdentifier: call.input.logGroupIdentifier };
    },
    DeleteDataProtectionPolicy: async (call) => {
      this.put("protection", call.place, await groupName(call), undefined);
      return {};
    },
    CreateLogAnomalyDetector: ({ input, place }) => {
      const arn = `arn:aws:logs:${place.region}:${place.account}:anomaly-detector:${randomUUID()}`;
      const { tags, ...settings } = input;
      const now = Date.now();
      this.put("detector", place, arn, {
        anomalyVisibilityTime: 21,
        evaluationFrequency: "ONE_HOUR",
        ...settings,
        anomalyDetectorArn: arn,
        anomalyDetectorStatus: "ANALYZING",
        creationTimeStamp: now,
        lastModifiedTimeStamp: now,
        tags: tags ?? {},
      });
      return { anomalyDetectorArn: arn };
    },
    GetLogAnomalyDetector: ({ input, place }) =>
      withoutTags(this.find("detector", place, String(input.anomalyDetectorArn))),
    ListLogAnomalyDetectors: ({ input, place }) => {
      const group = input.filterLogGroupArn;
      const all = Object.values(this.of("detector", place));
      const found = all.filter(
        ({ logGroupArnList }) =>
          group === undefined || (Array.isArray(logGroupArnList) && logGroupArnList.includes(group)),
      );
      return { anomalyDetectors: found.map(withoutTags) };
    },
    UpdateLogAnomalyDetector: ({ input, place }) => {
      const arn = String(input.anomalyDetectorArn);
      const { enabled, ...settings } = input;
      const before = this.find("detector", place, arn);
      const status = enabled === false ? "PAUSED" : "ANALYZING";
      const after = {
        ...before,
        ...settings,
        anomalyDetectorStatus: status,
        lastModifiedTimeStamp: Date.now(),
      };
      this.put("detector", place, arn, after);
      return {};
    },
    DeleteLogAnomalyDetector: ({ input, place }) => {
      const arn = String(input.anomalyDetectorArn);
      this.find("detector", place, arn);
      this.put("detector", place, arn, undefined);
      return {};
    },
  };

  /** Of tags of any resource, those of detectors are answered here. */
  private readonly tagOperations: Readonly<Record<string, (call: Call) => object>> = {
    ListTagsForResource: ({ input, place }) => ({
      tags: this.find("detector", place, String(input.resourceArn)).tags,
    }),
    TagResource: ({ input, place }) => {
      const found = this.find("detector", place, String(input.resourceArn));
      const tags = { ...(found.tags as object), ...(input.tags as object) };
      this.put("detector", place, String(input.resourceArn), { ...found, tags });
      return {};
    },
    UntagResource: ({ input, place }) => {
      const found = this.find("detector", place, String(input.resourceArn));
      const removed = Array.isArray(input.tagKeys) ? input.tagKeys.map(String) : [];
      const kept = Object.entries(found.tags as object).filter(([key]) => !removed.includes(key));
      this.put("detector", place, String(input.resourceArn), { ...found, tags: Object.fromEntries(kept) });
      return {};
    },
  };

  /** @param file - where they are kept; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Document>(file, () => ({}));
  }

  answers(operation: string): boolean {
    return operation in this.operations || operation in this.tagOperations || operation === "DeleteLogGroup";
  }

  async answer(request: WholeRequest, place: Place, ask: Forward, emulator: Forward): Promise<WholeResponse> {
    const input = JSON.parse(request.body.toString() || "{}") as Input;
    const { operation } = request;
    if (operation === "DeleteLogGroup") return this.deleteGroup(request, input, place, emulator);
    const isDetector = String(input.resourceArn).includes(":anomaly-detector:");
    const run = this.operations[operation] ?? (isDetector ? this.tagOperations[operation] : undefined);
    if (!run) return emulator(request);
    try {
      return jsonResponse(200, await run({ input, place, caller: new AwsCaller(ask, place) }));
    } catch (error) {
      if (!(error instanceof LogsError)) throw error;
      return errorResponse(request, { status: 400, code: error.code, message: error.message });
    }
  }

  reset(): void {
    this.store.reset();
  }

  /** A group that goes takes its policy with it. */
  private async deleteGroup(
    request: WholeRequest,
    input: Input,
    place: Place,
    emulator: Forward,
  ): Promise<WholeResponse> {
    const response = await emulator(request);
    const name = String(input.logGroupName);
    if (response.status === 200 && this.of("protection", place)[name])
      this.put("protection", place, name, undefined);
    return response;
  }

  private of(kind: string, { account, region }: Place): Readonly<Record<string, Input>> {
    return this.store.value[`${kind}/${account}/${region}`] ?? {};
  }

  private find(kind: string, place: Place, id: string): Input {
    const found = this.of(kind, place)[id];
    if (found) return found;
    throw new LogsError("ResourceNotFoundException", "The specified resource does not exist.");
  }

  private put(kind: string, place: Place, id: string, item: Input | undefined): void {
    this.store.change((document) => {
      const { [id]: _before, ...rest } = this.of(kind, place);
      document[`${kind}/${place.account}/${place.region}`] = item ? { ...rest, [id]: item } : rest;
    });
  }
}

function withoutTags({ tags: _tags, ...detector }: Input): Input {
  return detector;
}

/** The name of the group that a request means by name or ARN. @throws LogsError where there is none. */
async function groupName({ input, caller }: Call): Promise<string> {
  const given = String(input.logGroupIdentifier ?? "");
  const name = given.split(":log-group:").at(-1)?.replace(/:\*$/, "") ?? "";
  try {
    const target = "Logs_20140328.DescribeLogGroups";
    const { logGroups } = await caller.json<{ logGroups: readonly { readonly logGroupName: string }[] }>(
      "logs",
      target,
      { logGroupNamePrefix: name },
    );
    if (logGroups.some(({ logGroupName }) => logGroupName === name)) return name;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
  }
  throw new LogsError("ResourceNotFoundException", "The specified log group does not exist.");
}
