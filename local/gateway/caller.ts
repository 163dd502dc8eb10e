import { XMLParser } from "fast-xml-parser";
import type { Place, WholeRequest, WholeResponse } from "./exchange";
import type { Forward } from "./service";

/** An answer in XML, as an object; lists are arrays under `member` or `item`. */
export type Xml = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === "item" || name === "member",
});

/** What a service has answered instead. */
export class CallError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Calls AWS's services behind the gateway, on behalf of a service of an account and not of a client's request. */
export class AwsCaller {
  constructor(
    private readonly ask: Forward,
    readonly place: Place,
  ) {}

  /**
   * Calls an operation of a JSON protocol.
   *
   * @param target - e.g. `Logs_20140328.PutLogEvents`.
   * @throws CallError when the service refuses.
   */
  async json<T = Record<string, unknown>>(service: string, target: string, input: object): Promise<T> {
    return this.send<T>(this.jsonRequest(service, target, input));
  }

  /**
   * Sends an event of a service to EventBridge, which takes `aws.` sources from nobody else.
   *
   * @throws CallError when it refuses.
   */
  async event(entry: object): Promise<void> {
    const request = this.jsonRequest("events", "AWSEvents.PutEvents", { Entries: [entry] });
    const { Entries = [] } = await this.send<{
      Entries?: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
    }>({ ...request, target: "service" });
    for (const { ErrorCode, ErrorMessage = "" } of Entries)
      if (ErrorCode !== undefined) throw new CallError(200, ErrorCode, ErrorMessage);
  }

  private jsonRequest(service: string, target: string, input: object): WholeRequest {
    return this.request(service, "POST", "/", JSON.stringify(input), {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": target,
    });
  }

  private async send<T>(request: WholeRequest): Promise<T> {
    const answer = await this.ask(request);
    const body = JSON.parse(answer.body.toString() || "{}");
    if (answer.status < 300) return body;
    const code = String(body.__type ?? answer.headers["x-amzn-errortype"] ?? "Unknown");
    throw new CallError(
      answer.status,
      code.slice(code.indexOf("#") + 1),
      body.message ?? body.Message ?? code,
    );
  }

  /** Calls an operation of the query protocol. @returns what `<action>Result` holds. @throws CallError when the service refuses. */
  async query(
    service: string,
    version: string,
    action: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<Xml> {
    const body = new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
    const type = "application/x-www-form-urlencoded; charset=utf-8";
    const answer = await this.ask(this.request(service, "POST", "/", body, { "content-type": type }, action));
    const xml = parsed(answer);
    if (answer.status < 300) {
      const response = objectAt(xml, `${action}Response`);
      return service === "ec2" ? response : objectAt(response, `${action}Result`);
    }
    const text = answer.body.toString();
    const [, code = "Unknown"] = /<Code>([^<]*)</.exec(text) ?? [];
    const [, message = code] = /<Message>([^<]*)</.exec(text) ?? [];
    throw new CallError(answer.status, code, message);
  }

  /** Calls an operation of a REST protocol. @throws CallError when the service refuses. */
  async rest(service: string, method: string, url: string, body = ""): Promise<WholeResponse> {
    const answer = await this.ask(this.request(service, method, url, body, {}));
    if (answer.status < 300) return answer;
    throw new CallError(answer.status, "Unknown", answer.body.toString().slice(0, 300));
  }

  private request(
    service: string,
    method: string,
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    operation?: string,
  ): WholeRequest {
    const { account, region } = this.place;
    const target = headers["x-amz-target"];
    return {
      method,
      url,
      headers: {
        host: "127.0.0.1",
        // Both emulators take an access key of 12 digits for the account; nobody verifies the signature.
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        "x-amz-date": "20260101T000000Z",
        ...headers,
      },
      scope: { accessKey: account, region, service },
      operation:
        operation ?? target?.slice(target.lastIndexOf(".") + 1) ?? `${method} ${url.split("?", 1)[0]}`,
      body: Buffer.from(body),
    };
  }
}

/** An answer in XML. */
export function parsed({ body }: WholeResponse): Xml {
  const found: unknown = parser.parse(body.toString());
  return isObject(found) ? found : {};
}

/** The object at a path; empty where there is none. */
export function objectAt(xml: unknown, ...path: readonly string[]): Xml {
  const found = at(xml, path);
  return isObject(found) ? found : {};
}

/** The text at a path; empty where there is none. */
export function textAt(xml: unknown, ...path: readonly string[]): string {
  const found = at(xml, path);
  return typeof found === "string" ? found : "";
}

/** The objects of a list at a path. */
export function listAt(xml: unknown, ...path: readonly string[]): readonly Xml[] {
  const list = objectAt(xml, ...path);
  const found = list.member ?? list.item;
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The elements at a path, of a protocol that repeats their name: one stands for itself, several are a list. */
export function elementsAt(xml: unknown, ...path: readonly string[]): readonly Xml[] {
  return [at(xml, path)].flat().filter(isObject);
}

/** The texts of a list at a path. */
export function textsAt(xml: unknown, ...path: readonly string[]): readonly string[] {
  const list = objectAt(xml, ...path);
  const found = list.member ?? list.item;
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

function at(xml: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), xml);
}

function isObject(value: unknown): value is Xml {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
