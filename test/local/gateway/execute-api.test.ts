import type { RequestHead } from "../../../local/gateway/exchange";
import { forExecuteApi } from "../../../local/gateway/execute-api";

const head = (host: string, url: string): RequestHead => ({
  method: "GET",
  url,
  headers: { host },
  scope: undefined,
  operation: "",
});

const asked = (host: string, url: string) => {
  const { url: path, headers } = forExecuteApi(head(host, url));
  return [headers.host, path];
};

test.each([
  ["b2282598.execute-api.localhost:4566", "/ranges/a?b=c", "b2282598.execute-api.localhost", "/ranges/a?b=c"],
  ["b2282598.execute-api.us-east-1.amazonaws.com", "/x", "b2282598.execute-api.localhost", "/x"],
  [
    "b2282598.execute-api.localhost:4566",
    "/_ministack/ready",
    "localhost",
    "/_aws/execute-api/b2282598/$default/_ministack/ready",
  ],
  ["b2282598.execute-api.localhost", "/health", "b2282598.execute-api.localhost", "/health"],
])("%s%s reaches the API", (host, url, toHost, toUrl) => {
  expect(asked(host, url)).toEqual([toHost, toUrl]);
});

test.each([
  ["http://b2282598.execute-api.localhost:4566", "/"],
  ["https://b2282598.execute-api.eu-west-1.amazonaws.com/a?b", "/a?b"],
])("asked as a proxy for %s", (url, path) => {
  expect(asked("127.0.0.1:4566", url)).toEqual(["b2282598.execute-api.localhost", path]);
});

test("asked as a proxy for S3 Control, whose host begins with the account: the operation is that of the path", () => {
  const url = "http://123456789012.127.0.0.1:4566/v20180820/configuration/publicAccessBlock";
  expect(forExecuteApi({ ...head("127.0.0.1:4566", url), operation: `GET ${url}` })).toMatchObject({
    url: "/v20180820/configuration/publicAccessBlock",
    operation: "GET /v20180820/configuration/publicAccessBlock",
  });
});

test("asked as a proxy for a domain of an API's own", () => {
  expect(asked("127.0.0.1:4566", "http://api.example.com/health?a")).toEqual([
    "api.example.com",
    "/health?a",
  ]);
});

test.each([
  ["127.0.0.1:4566", "/health"],
  ["localhost:4566", "/bucket/key"],
  ["b2282598.execute-api.example.com", "/health"],
  ["api.example.com:4566", "/health"],
])("%s%s is left as it is", (host, url) => {
  const request = head(host, url);
  expect(forExecuteApi(request)).toBe(request);
});
