import { jsonResponse } from "../../gateway/exchange";
import type { Correction } from "../../gateway/service";

/** Operations that ask for one quota: that of the account, and what it was before anybody raised it. */
const OPERATIONS = ["GetServiceQuota", "GetAWSDefaultServiceQuota"];

/**
 * How many public AMIs an account may have in a Region, which moto does not know: five, and it cannot be raised here.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
 * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
 */
export const publicAmis: Correction = {
  applies: ({ operation }) => OPERATIONS.includes(operation),
  correct: async (request, forward) => {
    const asked = JSON.parse(request.body.toString() || "{}") as Readonly<Record<string, unknown>>;
    if (asked.ServiceCode !== "ec2" || asked.QuotaCode !== "L-0E3CBAB9") return forward(request);
    const region = request.scope?.region ?? "us-east-1";
    return jsonResponse(200, {
      Quota: {
        ServiceCode: "ec2",
        ServiceName: "Amazon Elastic Compute Cloud (Amazon EC2)",
        QuotaArn: `arn:aws:servicequotas:${region}::ec2/L-0E3CBAB9`,
        QuotaCode: "L-0E3CBAB9",
        QuotaName: "Public AMIs",
        Value: 5,
        Unit: "None",
        Adjustable: true,
        GlobalQuota: false,
      },
    });
  },
};
