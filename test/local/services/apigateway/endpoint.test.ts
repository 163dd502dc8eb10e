import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import { apiEndpoint } from "../../../../local/services/apigateway/endpoint";

const request = (url: string, host = "127.0.0.1:4566"): WholeRequest => ({
  method: "GET",
  url,
  headers: { host },
  scope: undefined,
  operation: "",
  body: Buffer.alloc(0),
});

const answer = (body: string): WholeResponse => ({ status: 200, headers: { "content-length": "9" }, body });

test("an API's address is on the gateway's port, in a list too", async () => {
  const body = '{"items":[{"apiEndpoint": "http://ab12cd34.execute-api.localhost:40609"},{"name":"x"}]}';
  const response = await apiEndpoint.correct(request("/v2/apis"), async () => answer(body));
  expect(JSON.parse(String(response.body)).items[0].apiEndpoint).toBe(
    "http://ab12cd34.execute-api.localhost:4566",
  );
  expect(response.headers["content-length"]).toBeUndefined();
});

test("nothing else changes", async () => {
  const body = '{"integrationUri":"http://ab12cd34.execute-api.localhost:40609"}';
  expect((await apiEndpoint.correct(request("/v2/apis/a"), async () => answer(body))).body).toBe(body);
  expect(
    ["/v2/apis", "/v2/apis/a/stages", "/v2/apis?x"].map((url) => apiEndpoint.applies(request(url))),
  ).toEqual([true, true, true]);
  expect(
    ["/v2/domainnames", "/v2/apisx", "/restapis"].map((url) => apiEndpoint.applies(request(url))),
  ).toEqual([false, false, false]);
});
