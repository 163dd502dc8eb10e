import type { ClusterDescription } from "../../cluster/description";
import type { IssuedCredentials } from "../../credentials/issued";
import { Store } from "../../files/store";
import {
  jsonResponse,
  type Place,
  pathOf,
  queryOf,
  type WholeRequest,
  type WholeResponse,
} from "../../gateway/exchange";
import type { ControlRequest, Forward, OwnService } from "../../gateway/service";
import { reviewAccess } from "./access/subject-access-review";
import { reviewToken } from "./access/token-review";
import { EksError } from "./error";
import { type Input, objectOf, optionalText } from "./input";
import { routeOf } from "./router";
import { ServiceClients } from "./service-clients";
import { type ClusterRecord, type Clusters, type Document, placeKey } from "./state";

/** Where a cluster that does not run would be reached. */
const NOWHERE = "https://127.0.0.1:6443";

/** Properties of {@link Eks}. */
export interface EksProps {
  /** Where its state is kept; undefined for memory only. */
  readonly file: string | undefined;

  /** The keys that were given out here, by which tokens are checked. */
  readonly credentials: IssuedCredentials;

  /** The local cluster, when it runs: every cluster of the API is that one. */
  readonly local: () => ClusterDescription | undefined;
}

/**
 * Amazon EKS: clusters, node groups, Fargate profiles, add-ons, access entries, pod identity. It keeps what it is
 * told, refuses what EKS refuses, and describes the local cluster, when one runs, as each of its clusters. It
 * starts no nodes and installs no add-ons.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/Welcome.html
 */
export class Eks implements OwnService {
  private readonly store: Store<Document>;

  constructor(private readonly props: EksProps) {
    this.store = new Store<Document>(props.file, () => ({}));
  }

  answers(): boolean {
    return true;
  }

  async answer(request: WholeRequest, place: Place, ask: Forward): Promise<WholeResponse> {
    const path = pathOf(request.url);
    const route = routeOf(request.method, path);
    if (!route) {
      return failed(
        new EksError("BadRequestException", `the local EKS does not know ${request.method} ${path}`),
      );
    }
    const key = placeKey(place);
    const clusters = this.placeOf(key);
    const kept = request.method !== "GET" || isUnderWay(clusters);
    try {
      const answer = await route.run({
        path: route.path,
        query: queryOf(request.url),
        input: inputOf(request.body),
        place,
        clusters,
        clients: new ServiceClients(request, ask),
        access: (record) => this.accessTo(record),
      });
      return jsonResponse(200, answer, JSON_TYPE);
    } catch (error) {
      if (!(error instanceof EksError)) throw error;
      return failed(error);
    } finally {
      if (kept) this.store.change(() => {});
    }
  }

  /** What the Kubernetes API asks of EKS: who somebody is, and what they may do. */
  async control({ method, path, body, ask, host }: ControlRequest): Promise<WholeResponse | undefined> {
    if (method !== "POST") return undefined;
    const document = this.store.value;
    const specOf = async () => objectOf(inputOf(await body()), "spec") ?? {};
    const { credentials } = this.props;
    if (path === "eks/token-review") {
      const token = optionalText(await specOf(), "token") ?? "";
      return jsonResponse(200, await reviewToken(token, { document, credentials, host, ask }), JSON_TYPE);
    }
    if (path === "eks/subject-access-review") {
      return jsonResponse(200, reviewAccess(await specOf(), document), JSON_TYPE);
    }
    return undefined;
  }

  reset(): void {
    this.store.reset();
  }

  /** The clusters of a place; what is done to them is kept when the request is answered. */
  private placeOf(key: string): Clusters {
    this.store.value[key] ??= {};
    return this.store.value[key];
  }

  private accessTo({ certificate }: ClusterRecord): { endpoint: string; certificateAuthorityData: string } {
    const local = this.props.local();
    if (!local) return { endpoint: NOWHERE, certificateAuthorityData: certificate };
    return { endpoint: local.endpoint, certificateAuthorityData: local.certificateAuthorityData };
  }
}

/** Whether something is under way: then reading may change it, as it comes to its end. */
function isUnderWay(clusters: Clusters): boolean {
  return Object.values(clusters).some(({ underWay }) => Object.keys(underWay).length > 0);
}

const JSON_TYPE = { "content-type": "application/json" };

function failed({ status, code, message, about }: EksError): WholeResponse {
  return jsonResponse(status, { message, ...about }, { ...JSON_TYPE, "x-amzn-errortype": code });
}

function inputOf(body: Buffer): Input {
  const text = body.toString();
  if (text === "") return {};
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Said below, with what is no object.
  }
  throw new EksError("BadRequestException", "the body is not a JSON object");
}
