import { Store } from "../../files/store";
import { AwsCaller, CallError } from "../../gateway/caller";
import { errorResponse } from "../../gateway/errors";
import { jsonResponse, type Place, type WholeRequest, type WholeResponse } from "../../gateway/exchange";
import type { Forward, OwnService } from "../../gateway/service";

/** Tags by names, of each scalable target by its ARN. */
type Document = Record<string, Record<string, string>>;

interface Input {
  readonly ServiceNamespace?: string;
  readonly ResourceId?: string;
  readonly Tags?: Readonly<Record<string, string>>;
  readonly TagKeys?: readonly string[];
  readonly ResourceARN?: string;
}

const OPERATIONS = ["RegisterScalableTarget", "ListTagsForResource", "TagResource", "UntagResource"];

/**
 * Tags of scalable targets, which moto does not have; and a target is of a service of ECS that there is.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ListTagsForResource.html
 */
export class ScalableTargets implements OwnService {
  private readonly store: Store<Document>;

  /** @param file - where the tags are kept; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Document>(file, () => ({}));
  }

  answers(operation: string): boolean {
    return OPERATIONS.includes(operation);
  }

  answer(
    request: WholeRequest,
    place: Place,
    ask: Forward,
    emulator: Forward,
  ): WholeResponse | Promise<WholeResponse> {
    const input = JSON.parse(request.body.toString() || "{}") as Input;
    if (request.operation === "RegisterScalableTarget")
      return this.register(request, input, place, ask, emulator);
    const arn = input.ResourceARN ?? "";
    const tags = this.store.value[arn] ?? {};
    if (request.operation === "ListTagsForResource") return jsonResponse(200, { Tags: tags });
    const removed = input.TagKeys ?? [];
    const kept = Object.entries(tags).filter(([key]) => !removed.includes(key));
    this.put(arn, { ...Object.fromEntries(kept), ...input.Tags });
    return jsonResponse(200, {});
  }

  reset(): void {
    this.store.reset();
  }

  private async register(
    request: WholeRequest,
    input: Input,
    place: Place,
    ask: Forward,
    emulator: Forward,
  ): Promise<WholeResponse> {
    const missing = await missingService(input, new AwsCaller(ask, place));
    if (missing !== undefined) {
      const message = `ECS service doesn't exist: ${missing}`;
      return errorResponse(request, { status: 400, code: "ValidationException", message });
    }
    const { Tags: tags = {}, ...rest } = input;
    const response = await emulator({ ...request, body: Buffer.from(JSON.stringify(rest)) });
    const arn = JSON.parse(response.body.toString() || "{}").ScalableTargetARN;
    if (typeof arn === "string" && Object.keys(tags).length > 0) this.put(arn, { ...tags });
    return response;
  }

  private put(arn: string, tags: Record<string, string>): void {
    this.store.change((document) => {
      document[arn] = tags;
    });
  }
}

/** The service of ECS that a target names and there is not; undefined for what there is, and for targets of others. */
async function missingService(
  { ServiceNamespace: namespace, ResourceId: resource = "" }: Input,
  caller: AwsCaller,
): Promise<string | undefined> {
  if (namespace !== "ecs") return undefined;
  const [, cluster = "", service = ""] = resource.split("/");
  try {
    const target = "AmazonEC2ContainerServiceV20141113.DescribeServices";
    const found = await caller.json<{ services: readonly { readonly status: string }[] }>("ecs", target, {
      cluster,
      services: [service],
    });
    return found.services.some(({ status }) => status === "ACTIVE") ? undefined : resource;
  } catch (error) {
    if (error instanceof CallError) return resource;
    throw error;
  }
}
