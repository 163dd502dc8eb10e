import { randomUUID } from "node:crypto";
import { jsonResponse, type RequestHead, type WholeResponse } from "./exchange";

/** An error as AWS words it. */
export interface AwsError {
  /** 400 to 599. The SDKs try 500, 502, 503 and 504 again. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Services that speak the query protocol, whose errors are XML. */
const QUERY = new Set([
  "iam",
  "sts",
  "sns",
  "monitoring",
  "elasticloadbalancing",
  "autoscaling",
  "rds",
  "cloudformation",
]);

/** Services that speak REST with XML. */
const REST_XML = new Set(["s3", "route53", "cloudfront"]);

/**
 * An error in the protocol of the service that a request is for.
 *
 * @see https://smithy.io/2.0/aws/protocols/index.html
 */
export function errorResponse(request: RequestHead, error: AwsError): WholeResponse {
  const { status, code, message } = error;
  const service = request.scope?.service ?? "s3";
  if (request.headers["x-amz-target"] !== undefined) return jsonResponse(status, { __type: code, message });
  const id = randomUUID();
  const detail = `<Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
  if (service === "ec2") {
    return xml(
      status,
      `<Response><Errors><Error>${detail}</Error></Errors><RequestID>${id}</RequestID></Response>`,
    );
  }
  if (QUERY.has(service)) {
    const type = status < 500 ? "Sender" : "Receiver";
    return xml(
      status,
      `<ErrorResponse><Error><Type>${type}</Type>${detail}</Error><RequestId>${id}</RequestId></ErrorResponse>`,
    );
  }
  if (REST_XML.has(service)) return xml(status, `<Error>${detail}<RequestId>${id}</RequestId></Error>`);
  return jsonResponse(status, { message }, { "content-type": "application/json", "x-amzn-errortype": code });
}

function xml(status: number, body: string): WholeResponse {
  return {
    status,
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
