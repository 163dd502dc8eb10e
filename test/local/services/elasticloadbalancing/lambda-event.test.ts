import { functionAnswer, functionEvent } from "../../../../local/services/elasticloadbalancing/lambda-event";

const REQUEST = {
  method: "POST",
  path: "/wake",
  query: [
    ["a", "1"],
    ["a", "2"],
  ],
  headers: [
    ["Content-Type", "application/json"],
    ["Cookie", "x=1"],
  ],
  body: Buffer.from('{"a":1}'),
} as const;

test("all values of each name, or the last", () => {
  expect(functionEvent(REQUEST, "arn", true)).toEqual({
    requestContext: { elb: { targetGroupArn: "arn" } },
    httpMethod: "POST",
    path: "/wake",
    multiValueQueryStringParameters: { a: ["1", "2"] },
    multiValueHeaders: { "content-type": ["application/json"], cookie: ["x=1"] },
    body: '{"a":1}',
    isBase64Encoded: false,
  });
  expect(functionEvent(REQUEST, "arn", false)).toMatchObject({
    queryStringParameters: { a: "2" },
    headers: { cookie: "x=1" },
  });
});

test("what is no text is in base64", () => {
  const image = { ...REQUEST, headers: [["content-type", "image/png"]], body: Buffer.from([1, 2]) } as const;
  expect(functionEvent(image, "arn", false)).toMatchObject({ body: "AQI=", isBase64Encoded: true });
});

test("an answer with its status, headers and body", () => {
  const answer = functionAnswer(
    { statusCode: 201, multiValueHeaders: { "Set-Cookie": ["a", "b"] }, body: "b2s=", isBase64Encoded: true },
    true,
  );
  expect(answer).toEqual({ status: 201, headers: { "Set-Cookie": ["a", "b"] }, body: Buffer.from("ok") });
  expect(functionAnswer({ statusCode: 200 }, false)).toMatchObject({ status: 200, headers: {} });
});

test.each([
  [undefined],
  ["text"],
  [{}],
  [{ statusCode: 99 }],
  [{ statusCode: "x" }],
  [{ statusCode: 200, headers: "no" }],
])("%j is no answer", (result) => {
  expect(functionAnswer(result, false)).toBeUndefined();
});
