import { PREFIX, presignedOf, TokenError } from "../../../../../local/services/eks/access/token";

const LOCAL = "127.0.0.1:4566";
const NOW = new Date("2026-11-21T10:00:00Z");

const PARAMETERS = {
  Action: "GetCallerIdentity",
  Version: "2011-06-15",
  "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
  "X-Amz-Credential": "ASIAEXAMPLE/20261121/us-east-1/sts/aws4_request",
  "X-Amz-Date": "20261121T095500Z",
  "X-Amz-Expires": "60",
  "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
  "X-Amz-Signature": "00",
};

function token(parameters: Record<string, string> = {}, base = `http://${LOCAL}/`, more = ""): string {
  const query = new URLSearchParams({ ...PARAMETERS, ...parameters });
  return PREFIX + Buffer.from(`${base}?${query}${more}`).toString("base64url");
}

test.each([
  ["the local endpoint", `http://${LOCAL}/`],
  ["the same by its name", "http://localhost:4566/"],
  ["STS of a Region", "https://sts.eu-central-1.amazonaws.com/"],
  ["STS", "https://sts.amazonaws.com/"],
])("a presigned call to %s is read", (_, base) => {
  expect(presignedOf(token({}, base), LOCAL, NOW)).toMatchObject({
    accessKey: "ASIAEXAMPLE",
    region: "us-east-1",
    signedHeaders: ["host", "x-k8s-aws-id"],
  });
});

test.each([
  ["of another kind", "eyJhbGciOi.x.y", /prefix/],
  ["that is no URL", `${PREFIX}!`, /no URL/],
  ["that is too large", PREFIX + "A".repeat(20_000), /too large/],
  ["to somebody else's host", token({}, "http://127.0.0.1:9999/"), /unexpected host/],
  ["to a host that looks like STS", token({}, "https://sts.amazonaws.com.example.com/"), /unexpected host/],
  ["to STS without TLS", token({}, "http://sts.amazonaws.com/"), /unexpected host/],
  ["with a password", token({}, `http://a:b@${LOCAL}/`), /unexpected path/],
  ["to another path", token({}, `http://${LOCAL}/x`), /unexpected path/],
  ["of another action", token({ Action: "AssumeRole" }), /unexpected action/],
  ["with a parameter more", token({ RoleArn: "x" }), /non-whitelisted query parameter "RoleArn"/],
  ["with a parameter twice", token({}, undefined, "&action=AssumeRole"), /multiple values/],
  ["without the cluster", token({ "X-Amz-SignedHeaders": "host" }), /did not sign the x-k8s-aws-id header/],
  ["without the host", token({ "X-Amz-SignedHeaders": "x-k8s-aws-id" }), /did not sign the host header/],
  ["that lasts too long", token({ "X-Amz-Expires": "901" }), /invalid X-Amz-Expires/],
  ["that lasts no number", token({ "X-Amz-Expires": "-1" }), /invalid X-Amz-Expires/],
  ["that is over", token({ "X-Amz-Date": "20261121T094459Z" }), /expired/],
  ["of tomorrow", token({ "X-Amz-Date": "20261121T100501Z" }), /not yet current/],
  ["without a date", token({ "X-Amz-Date": "now" }), /X-Amz-Date/],
  [
    "for another service",
    token({ "X-Amz-Credential": "A/20261121/us-east-1/s3/aws4_request" }),
    /unexpected credential/,
  ],
  [
    "with another day's key",
    token({ "X-Amz-Credential": "A/20261120/us-east-1/sts/aws4_request" }),
    /unexpected credential/,
  ],
])("planted fault: a token %s is refused", (_, given, message) => {
  expect(() => presignedOf(given, LOCAL, NOW)).toThrow(message);
  expect(() => presignedOf(given, LOCAL, NOW)).toThrow(TokenError);
});
