import { publishedRelease } from "../../cluster/node-releases";
import { jsonResponse } from "../../gateway/exchange";
import type { Correction } from "../../gateway/service";

/** Day on which what is published was, in seconds. */
const PUBLISHED = Date.parse("2026-11-10T00:00:00Z") / 1000;

/**
 * Parameters that AWS publishes and the emulator lacks: the newest release of the node images of EKS.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
 */
export const publishedParameters: Correction = {
  applies: ({ operation }) => operation === "GetParameter",
  correct: async (request, forward) => {
    const { Name } = JSON.parse(request.body.toString() || "{}") as { Name?: unknown };
    const value = typeof Name === "string" ? publishedRelease(Name) : undefined;
    if (value === undefined) return forward(request);
    return jsonResponse(200, {
      Parameter: {
        Name,
        Type: "String",
        Value: value,
        Version: 1,
        LastModifiedDate: PUBLISHED,
        ARN: `arn:aws:ssm:${request.scope?.region ?? "us-east-1"}::parameter${String(Name)}`,
        DataType: "text",
      },
    });
  },
};
