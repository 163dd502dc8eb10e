import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

/**
 * The event by which an HTTP API asks a function, in its format 2.0.
 *
 * @param request - method and path, e.g. `GET /health?full=1`.
 * @throws CliError when it is none.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent(request: string): object {
  const [, method = "", path = "", query = ""] = /^([A-Z]+) (\/[^?\s]*)(?:\?(\S*))?$/.exec(request) ?? [];
  if (method === "") {
    throw new CliError(
      EXIT.USAGE,
      `--http ${JSON.stringify(request)} is not a method and a path`,
      'use e.g. "GET /health"',
    );
  }
  const parameters = Object.fromEntries(new URLSearchParams(query));
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: decodeURI(path),
    rawQueryString: query,
    headers: { host: "check.execute-api.us-east-1.amazonaws.com", "x-forwarded-proto": "https" },
    ...(query === "" ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: "123456789012",
      apiId: "check",
      domainName: "check.execute-api.us-east-1.amazonaws.com",
      domainPrefix: "check",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "groundplan" },
      requestId: "check",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 1767225600000,
    },
    isBase64Encoded: false,
  };
}
