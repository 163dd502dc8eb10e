import type { WholeRequest, WholeResponse } from "../../gateway/exchange";

/** The parameters of a request of the query protocol. */
export function parametersOf(request: WholeRequest): URLSearchParams {
  return new URLSearchParams(request.body.toString());
}

/** The same caller's request with other parameters. */
export function withParameters(request: WholeRequest, parameters: URLSearchParams): WholeRequest {
  const operation = parameters.get("Action") ?? request.operation;
  return { ...request, operation, body: Buffer.from(parameters.toString()) };
}

/** Another operation on behalf of the same caller. */
export function call(
  request: WholeRequest,
  action: string,
  parameters: Readonly<Record<string, string>>,
): WholeRequest {
  return withParameters(
    request,
    new URLSearchParams({ Action: action, Version: "2016-11-15", ...parameters }),
  );
}

/** The values of a list parameter: `Name.1`, `Name.2`, … */
export function listOf(parameters: URLSearchParams, name: string): readonly string[] {
  const pattern = new RegExp(`^${name}\\.\\d+$`);
  return [...parameters].filter(([key]) => pattern.test(key)).map(([, value]) => value);
}

/** The texts of an element, wherever it stands. */
export function textsOf(response: WholeResponse, element: string): readonly string[] {
  const pattern = new RegExp(`<${element}>([^<]*)</${element}>`, "g");
  return [...String(response.body).matchAll(pattern)].map(([, text = ""]) => text);
}

/** The same answer with another body. */
export function withBody(response: WholeResponse, body: string): WholeResponse {
  return { ...response, body };
}
