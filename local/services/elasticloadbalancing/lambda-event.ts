/** A request as a function behind a load balancer gets it. */
export interface FunctionRequest {
  readonly method: string;

  /** Without the query. */
  readonly path: string;

  /** As they were sent: not decoded. */
  readonly query: readonly (readonly [string, string])[];

  /** Names and values in their order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** What a function answers. */
export interface FunctionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** Types of content that a function gets as text; all else is in base64. */
const TEXT = /^(?:text\/|application\/(?:json|javascript|xml)(?:;|$))/i;

/**
 * The event for a request: with all values of each name, or with the last.
 *
 * @param multiValue - `lambda.multi_value_headers.enabled` of the target group.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
 */
export function functionEvent(request: FunctionRequest, groupArn: string, multiValue: boolean): object {
  const type = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const isEncoded = request.headers.some(([name]) => name.toLowerCase() === "content-encoding");
  const isText = request.body.length === 0 || (TEXT.test(type) && !isEncoded);
  const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    requestContext: { elb: { targetGroupArn: groupArn } },
    httpMethod: request.method,
    path: request.path,
    ...(multiValue
      ? { multiValueQueryStringParameters: all(request.query), multiValueHeaders: all(headers) }
      : { queryStringParameters: Object.fromEntries(request.query), headers: Object.fromEntries(headers) }),
    body: request.body.toString(isText ? "utf8" : "base64"),
    isBase64Encoded: !isText,
  };
}

/**
 * What a function's result is as an answer.
 *
 * @returns undefined for what is none: the client hears 502.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer
 */
export function functionAnswer(result: unknown, multiValue: boolean): FunctionAnswer | undefined {
  if (typeof result !== "object" || result === null) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const found = (multiValue ? multiValueHeaders : headers) ?? {};
  if (typeof found !== "object") return undefined;
  const all = Object.entries(found as Record<string, unknown>).map(
    ([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)] as const,
  );
  return {
    status,
    headers: Object.fromEntries(all),
    body: Buffer.from(typeof body === "string" ? body : "", isBase64Encoded === true ? "base64" : "utf8"),
  };
}

function all(pairs: readonly (readonly [string, string])[]): Record<string, readonly string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    found[name] ??= [];
    found[name].push(value);
  }
  return found;
}
