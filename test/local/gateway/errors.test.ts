import { errorResponse } from "../../../local/gateway/errors";
import type { RequestHead } from "../../../local/gateway/exchange";

const ERROR = { status: 400, code: "UnsupportedOperation", message: "a <b> & c" };

function headOf(service: string, headers: RequestHead["headers"] = {}): RequestHead {
  const scope = { accessKey: "x", region: "us-east-1", service };
  return { method: "POST", url: "/", headers, scope, operation: "X" };
}

test("JSON: the type and the message", () => {
  const { body } = errorResponse(
    headOf("ecr", { "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.X" }),
    ERROR,
  );
  expect(JSON.parse(String(body))).toEqual({ __type: "UnsupportedOperation", message: "a <b> & c" });
});

test.each([
  [
    "ec2",
    "<Response><Errors><Error><Code>UnsupportedOperation</Code><Message>a &lt;b&gt; &amp; c</Message></Error></Errors>",
  ],
  ["iam", "<ErrorResponse><Error><Type>Sender</Type><Code>UnsupportedOperation</Code>"],
  ["s3", "<Error><Code>UnsupportedOperation</Code><Message>a &lt;b&gt; &amp; c</Message>"],
])("%s: XML of its own form", (service, part) => {
  expect(String(errorResponse(headOf(service), ERROR).body)).toContain(part);
});

test("REST with JSON: the type in a header", () => {
  const { headers, body } = errorResponse(headOf("eks"), ERROR);
  expect(headers["x-amzn-errortype"]).toBe("UnsupportedOperation");
  expect(JSON.parse(String(body))).toEqual({ message: "a <b> & c" });
});
