import type { Correction } from "../../gateway/service";

/**
 * The address of an API: MiniStack's is on the port that it has behind this gateway, and another one after
 * each start. Here it is the gateway's own, at which the API is called as it stands.
 *
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html
 */
export const apiEndpoint: Correction = {
  applies: ({ url }) => /^\/v2\/apis(?:[/?]|$)/.test(url),

  async correct(request, forward) {
    const response = await forward(request);
    const [, port] = /:(\d+)$/.exec(request.headers.host ?? "") ?? [];
    const body = String(response.body).replaceAll(
      /("apiEndpoint": ?"https?:\/\/[a-z0-9]+\.execute-api\.localhost)(?::\d+)?"/g,
      `$1${port === undefined ? "" : `:${port}`}"`,
    );
    const { "content-length": _, ...headers } = response.headers;
    return { ...response, headers, body };
  },
};
