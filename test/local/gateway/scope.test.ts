import { operationOf, scopeOf } from "../../../local/gateway/scope";

const CREDENTIAL = "AKIAEXAMPLE/20260102/eu-central-1/s3/aws4_request";

test("the scope of an Authorization header", () => {
  const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host, Signature=0f`;
  expect(scopeOf({ authorization }, "/")).toEqual({
    accessKey: "AKIAEXAMPLE",
    region: "eu-central-1",
    service: "s3",
  });
});

test("the scope of a presigned address, however it is encoded", () => {
  const scope = { accessKey: "AKIAEXAMPLE", region: "eu-central-1", service: "s3" };
  expect(scopeOf({}, `/b/k?X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Signature=0`)).toEqual(
    scope,
  );
  expect(scopeOf({}, `/b/k?X-Amz-Credential=${CREDENTIAL}`)).toEqual(scope);
});

test("the multi-Region signature of SigV4A has no Region, and so no scope", () => {
  const authorization = "AWS4-ECDSA-P256-SHA256 Credential=AKIAEXAMPLE/20260102/s3/aws4_request, Signature=0";
  expect(scopeOf({ authorization }, "/")).toBeUndefined();
});

test.each([
  ["nothing", {}, "/"],
  ["SigV2", { authorization: "AWS AKIAEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=" }, "/"],
  ["a bearer token", { authorization: "Bearer abc" }, "/"],
  ["a scope that is cut off", { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20260102/us-east-1" }, "/"],
  [
    "a date that is none",
    { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/today/us-east-1/s3/aws4_request" },
    "/",
  ],
])("planted fault: %s has no scope", (_, headers, url) => {
  expect(scopeOf(headers, url)).toBeUndefined();
});

test("the operation is the target's last part, else method and path without the query", () => {
  expect(operationOf("POST", { "x-amz-target": "DynamoDB_20120810.PutItem" }, "/")).toBe("PutItem");
  expect(operationOf("PUT", {}, "/bucket/key?partNumber=1")).toBe("PUT /bucket/key");
});
