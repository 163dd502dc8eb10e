import { Store } from "../../files/store";
import type { AwsError } from "../../gateway/errors";
import { errorResponse } from "../../gateway/errors";
import { jsonResponse, type Place, type WholeRequest, type WholeResponse } from "../../gateway/exchange";
import type { OwnService } from "../../gateway/service";
import { creationTemplates } from "./creation-templates";
import { EcrError } from "./error";
import type { Item, Items, Operation } from "./operation";
import { pullThroughRules } from "./pull-through";

type Document = Record<string, Record<string, Item>>;

/**
 * The registry features of ECR that neither emulator has: pull-through cache rules and repository
 * creation templates. Images are not fetched.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
 */
export class EcrRegistry implements OwnService {
  private readonly store: Store<Document>;

  /** @param file - where its state is kept; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Document>(file, () => ({}));
  }

  answers(operation: string): boolean {
    return operation in OPERATIONS;
  }

  answer(request: WholeRequest, place: Place): WholeResponse {
    const entry = OPERATIONS[request.operation];
    if (!entry) throw new TypeError(`${request.operation} is not answered here`);
    try {
      return jsonResponse(200, entry.run(inputOf(request.body), this.items(entry.kind, place), place));
    } catch (error) {
      if (!(error instanceof EcrError)) throw error;
      const failure: AwsError = { status: 400, code: error.code, message: error.message };
      return errorResponse(request, failure);
    }
  }

  reset(): void {
    this.store.reset();
  }

  private items(kind: string, { account, region }: Place): Items {
    const key = `${kind}/${account}/${region}`;
    const here = () => this.store.value[key] ?? {};
    return {
      get: (prefix) => here()[prefix],
      all: () => Object.values(here()),
      put: (prefix, item) =>
        this.store.change((document) => {
          document[key] = { ...here(), [prefix]: item };
        }),
      remove: (prefix) =>
        this.store.change((document) => {
          const { [prefix]: _removed, ...rest } = here();
          document[key] = rest;
        }),
    };
  }
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html */
function inputOf(body: Buffer): Record<string, unknown> {
  try {
    const input: unknown = JSON.parse(body.toString() || "{}");
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return { ...input };
  } catch {
    // Said below, with what is no object.
  }
  throw new EcrError("SerializationException", "the body is not a JSON object");
}

const OPERATIONS: Readonly<Record<string, { kind: string; run: Operation }>> = Object.fromEntries([
  ...Object.entries(pullThroughRules).map(([name, run]) => [name, { kind: "pull-through", run }]),
  ...Object.entries(creationTemplates).map(([name, run]) => [name, { kind: "template", run }]),
]);
