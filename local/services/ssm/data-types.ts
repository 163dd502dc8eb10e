import type { WholeResponse } from "../../gateway/exchange";
import type { Correction } from "../../gateway/service";

interface Filter {
  readonly Key?: unknown;
  readonly Option?: unknown;
  readonly Values?: readonly unknown[];
}

/**
 * Parameters by their data type, which moto refuses to look for: each page of the others is filtered here, so that it may have
 * fewer than were asked for, or none, and another page behind it, as AWS's own may.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
 */
export const dataTypes: Correction = {
  applies: ({ operation }) => operation === "DescribeParameters",
  correct: async (request, forward) => {
    const { ParameterFilters, ...asked } = JSON.parse(request.body.toString() || "{}") as {
      ParameterFilters?: unknown;
    };
    const filters: readonly Filter[] = Array.isArray(ParameterFilters) ? ParameterFilters : [];
    const byType = filters.filter(({ Key }) => Key === "DataType");
    if (byType.length === 0) return forward(request);
    const others = filters.filter((one) => !byType.includes(one));
    const body = JSON.stringify({
      ...asked,
      ...(others.length === 0 ? {} : { ParameterFilters: others }),
    });
    return filtered(await forward({ ...request, body: Buffer.from(body) }), byType);
  },
};

function filtered(answer: WholeResponse, byType: readonly Filter[]): WholeResponse {
  if (answer.status !== 200) return answer;
  const page = JSON.parse(String(answer.body)) as { Parameters?: readonly { DataType?: string }[] };
  const Parameters = (page.Parameters ?? []).filter(({ DataType = "text" }) =>
    byType.every(({ Values = [] }) => Values.includes(DataType)),
  );
  const { "content-length": _, ...headers } = answer.headers;
  return { ...answer, headers, body: JSON.stringify({ ...page, Parameters }) };
}
