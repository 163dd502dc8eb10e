import { secretSourceOf, secretValue } from "../../../../local/services/ecs/secrets";

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app/db-AbCdEf";

test.each([
  ["/app/level", { kind: "parameter", name: "/app/level", region: undefined }],
  [
    "arn:aws:ssm:us-east-1:123456789012:parameter/app/level",
    { kind: "parameter", name: "/app/level", region: "us-east-1" },
  ],
  [
    "arn:aws:ssm:us-east-1:123456789012:parameter/level",
    { kind: "parameter", name: "level", region: "us-east-1" },
  ],
  [SECRET, { kind: "secret", id: SECRET, region: "us-east-1", key: "", stage: "", version: "" }],
  [
    `${SECRET}:password::`,
    { kind: "secret", id: SECRET, region: "us-east-1", key: "password", stage: "", version: "" },
  ],
  [
    `${SECRET}:password:AWSPREVIOUS:`,
    { kind: "secret", id: SECRET, region: "us-east-1", key: "password", stage: "AWSPREVIOUS", version: "" },
  ],
  [`${SECRET}:::v1`, { kind: "secret", id: SECRET, region: "us-east-1", key: "", stage: "", version: "v1" }],
])("reads where %s lies", (valueFrom, source) => {
  expect(secretSourceOf(valueFrom)).toEqual(source);
});

test("refuses what is neither a parameter nor a secret", () => {
  expect(() => secretSourceOf("arn:aws:s3:::bucket/object")).toThrow("unsupported secret reference");
});

test("takes a key of a secret's JSON, and the whole without one", () => {
  const text = '{"password":"p","port":5432}';
  expect(secretValue(text, "")).toBe(text);
  expect(secretValue(text, "password")).toBe("p");
  expect(secretValue(text, "port")).toBe("5432");
});

test("a missing key is an error that does not have the secret in it", () => {
  expect(() => secretValue('{"password":"hidden"}', "user")).toThrow("did not contain json key user");
  expect(() => secretValue("hidden", "user")).toThrow(/^(?!.*hidden).*no JSON/);
});
