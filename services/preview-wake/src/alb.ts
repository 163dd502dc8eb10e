/**
 * What is read of an event of a load balancer.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export interface AlbEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** An answer in the form that a load balancer takes. */
export interface AlbResponse {
  readonly statusCode: number;
  readonly statusDescription: string;
  readonly isBase64Encoded: false;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const WORDS: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What every answer says: nobody keeps it, lists it or frames it. */
const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

/** An answer with a body. */
export function response(
  statusCode: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): AlbResponse {
  return {
    statusCode,
    statusDescription: `${statusCode} ${WORDS[statusCode] ?? "Error"}`,
    isBase64Encoded: false,
    headers: { ...HEADERS, "content-type": contentType, ...headers },
    body,
  };
}

/** An answer in JSON. */
export function json(
  statusCode: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): AlbResponse {
  return response(statusCode, "application/json", JSON.stringify(value), headers);
}

/** A header of a request, whatever case its name has. */
export function headerOf({ headers = {} }: AlbEvent, name: string): string | undefined {
  return headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
