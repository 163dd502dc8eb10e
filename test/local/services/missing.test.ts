import type { RequestHead } from "../../../local/gateway/exchange";
import { SERVICES } from "../../../local/services";
import { MISSING, missingCall } from "../../../local/services/missing";
import { NOTHING_KEPT } from "./context";

function head(service: string, method: string, url: string, operation = ""): RequestHead {
  return { method, url, headers: {}, operation, scope: { accessKey: "x", region: "us-east-1", service } };
}

test.each([
  [head("s3", "PUT", "/bucket?abac"), "PUT ?abac"],
  [head("s3", "GET", "/bucket/?metadataTable&x=1"), "GET ?metadataTable"],
  [head("ssm", "POST", "/", "GetInventory"), "GetInventory"],
  [head("cloudfront", "POST", "/2020-05-31/realtime-log-config"), "CreateRealtimeLogConfig"],
])("%j is missing: %s", (asked, operation) => {
  expect(missingCall(asked)?.operation).toBe(operation);
});

test.each([
  head("s3", "PUT", "/bucket/key?abac"),
  head("s3", "PUT", "/bucket?acl"),
  head("s3", "GET", "/?abac"),
  head("sqs", "POST", "/", "GetInventory"),
  head("cloudfront", "GET", "/2020-05-31/realtime-log-config"),
  head("cloudfront", "POST", "/2020-05-31/distribution"),
  { ...head("ssm", "POST", "/", "GetInventory"), scope: undefined },
])("%j goes on", (asked) => {
  expect(missingCall(asked)).toBeUndefined();
});

test("no call of the list is one that the gateway answers itself", () => {
  const answered = MISSING.filter(({ service, operation }) =>
    SERVICES.find(({ name }) => name === service)
      ?.operations?.(NOTHING_KEPT)
      .answers(operation),
  );
  expect(answered).toEqual([]);
});

test("no call is listed twice", () => {
  const names = MISSING.map(({ service, operation }) => `${service} ${operation}`);
  expect(new Set(names).size).toBe(names.length);
});
