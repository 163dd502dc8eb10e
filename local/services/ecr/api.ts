import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Store } from "../../files/store";
import type { AwsError } from "../../gateway/errors";
import { errorResponse } from "../../gateway/errors";
import {
  jsonResponse,
  type Place,
  type RequestHead,
  type WholeRequest,
  type WholeResponse,
} from "../../gateway/exchange";
import type { Forward, OwnService } from "../../gateway/service";
import { creationTemplates } from "./creation-templates";
import { EcrError } from "./error";
import { Images } from "./images/images";
import { imageOperations, runImageOperation } from "./images/operations";
import { now } from "./input";
import type { Item, Items, Operation } from "./operation";
import { pullThroughRules } from "./pull-through";
import { answerRegistry } from "./registry/registry";
import { LIFETIME, makeToken, placeOfToken } from "./token";

type Document = Record<string, Record<string, Item>>;

/**
 * What neither emulator has of ECR: the registry that Docker's clients push to and pull from, the images in it, the
 * tokens that let in, pull-through cache rules and repository creation templates. Images are not fetched from elsewhere.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
 */
export class EcrRegistry implements OwnService {
  private readonly store: Store<Document>;
  private readonly images: Images;

  /** @param file - where its state is kept, and in a folder beside it the images; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Document>(file, () => ({}));
    this.images = new Images(file);
  }

  answers(operation: string): boolean {
    return operation in OPERATIONS || operation in imageOperations || operation === "GetAuthorizationToken";
  }

  async answer(
    request: WholeRequest,
    place: Place,
    _ask: Forward,
    emulator: Forward,
  ): Promise<WholeResponse> {
    try {
      // Repositories are the emulator's: asked through the gateway, DeleteRepository would come back here without end.
      return jsonResponse(200, await this.run(request, place, emulator));
    } catch (error) {
      if (!(error instanceof EcrError)) throw error;
      const failure: AwsError = { status: 400, code: error.code, message: error.message };
      return errorResponse(request, failure);
    }
  }

  serves({ target }: RequestHead): boolean {
    return target === "registry";
  }

  serve(head: RequestHead, request: IncomingMessage, response: ServerResponse, ask: Forward): Promise<void> {
    const place = placeOfToken(this.tokenKey(), head.headers.authorization, now());
    return answerRegistry(this.images, place, head, request, response, ask);
  }

  reset(): void {
    this.store.reset();
    this.images.reset();
  }

  private run({ operation, body }: WholeRequest, place: Place, emulator: Forward): object | Promise<object> {
    const input = inputOf(body);
    if (operation === "GetAuthorizationToken") return this.authorizationToken(input, place);
    const entry = OPERATIONS[operation];
    if (entry) return entry.run(input, this.items(entry.kind, place), place);
    const { account, region } = place;
    return runImageOperation(operation, {
      input,
      images: this.images,
      place: { account, region },
      ask: emulator,
    });
  }

  private authorizationToken(input: Readonly<Record<string, unknown>>, { account, region }: Place): object {
    const accounts = Array.isArray(input.registryIds) ? input.registryIds.map(String) : [account];
    const authorizationData = accounts.map((id) => {
      const token = makeToken(this.tokenKey(), { account: id, region }, now());
      return {
        authorizationToken: Buffer.from(`AWS:${token}`).toString("base64"),
        expiresAt: Math.floor(now()) + LIFETIME,
        proxyEndpoint: `https://${id}.dkr.ecr.${region}.amazonaws.com`,
      };
    });
    return { authorizationData };
  }

  /** What signs the tokens; made once, and anew at a reset. */
  private tokenKey(): string {
    const known = this.store.value.tokens?.signing?.key;
    if (typeof known === "string") return known;
    const key = randomBytes(32).toString("hex");
    this.store.change((document) => {
      document.tokens = { signing: { key } };
    });
    return key;
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
