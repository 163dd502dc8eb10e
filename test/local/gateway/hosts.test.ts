import { hostKind } from "../../../local/gateway/hosts";

test.each([
  ["127.0.0.1:4566", "loopback"],
  ["169.254.170.1:4566", "loopback"],
  ["169.254.170.2:4566", "unknown"],
  ["127.1.2.3", "loopback"],
  ["127.255.255.254:4566", "loopback"],
  ["localhost", "loopback"],
  ["LOCALHOST:4566", "loopback"],
  ["[::1]:4566", "loopback"],
  ["123456789012.127.0.0.1:4566", "loopback"],
  ["my.bucket.localhost:4566", "loopback"],
  ["b2282598.execute-api.localhost:4566", "api"],
  ["b2282598.execute-api.eu-west-1.amazonaws.com", "api"],
  [`${"a".repeat(32)}.lambda-url.us-east-1.on.aws`, "api"],
  [`${"a".repeat(32)}.lambda-url.us-east-1.localhost:4566`, "api"],
] as const)("%s is known: %s", (host, kind) => {
  expect(hostKind(host)).toBe(kind);
});

test.each([
  "",
  "0.0.0.0:4566",
  "192.168.1.2:4566",
  "127.999.999.999:4566",
  "127.0.0.256",
  "127.0.0.01",
  "evil.127.0.0.1",
  "12345678901.127.0.0.1",
  "evil.example:4566",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "evil-localhost",
  "localhost.",
  "user@localhost",
  "b2282598.execute-api.evil.example",
  "s3.amazonaws.com.evil.example",
  `${"a".repeat(32)}.lambda-url.us-east-1.evil.example`,
])("planted fault: %j is a name that a page may have", (host) => {
  expect(hostKind(host)).toBe("unknown");
});
