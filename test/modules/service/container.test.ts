import { parseSecretReference } from "@groundplan/modules/service";
import {
  type ContainerProps,
  containerDefinition,
  containerFaults,
} from "@groundplan/modules/service/container";

const CONTAINER: ContainerProps = { name: "app", image: "nginx:1.29" };
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf";
const LOGS = { groupName: "/ecs/shop", region: "us-east-1" };
const faults = (change: Partial<ContainerProps>) =>
  containerFaults({ ...CONTAINER, ...change }).map(({ what }) => what);

test("secrets are read by valueFrom, one key of them or the whole, and stand nowhere else", () => {
  const definition = containerDefinition(
    {
      ...CONTAINER,
      environment: { B: "2", A: "1" },
      secrets: { API_KEY: { arn: SECRET, key: "KEY" }, ALL: { arn: SECRET } },
    },
    LOGS,
  );
  expect(definition).toMatchObject({
    environment: [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ],
    secrets: [
      { name: "ALL", valueFrom: SECRET },
      { name: "API_KEY", valueFrom: `${SECRET}:KEY::` },
    ],
    readonlyRootFilesystem: true,
    portMappings: [],
    logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/ecs/shop" } },
  });
});

test("a secret in the environment is refused, and its value is not repeated", () => {
  const [fault] = containerFaults({ ...CONTAINER, environment: { DATABASE_PASSWORD: "hunter2" } });
  expect(fault?.what).toContain("DATABASE_PASSWORD says that it holds a secret");
  expect(JSON.stringify(fault)).not.toContain("hunter2");
  expect(faults({ environment: { PASSWORD_POLICY: "long" } })).toEqual([]);
});

test("what is no ARN of a secret is refused, and is not repeated either", () => {
  expect(
    faults({
      secrets: { A: { arn: SECRET }, B: { arn: "arn:aws:ssm:us-east-1:123456789012:parameter/shop/b" } },
    }),
  ).toEqual([]);
  const [fault] = containerFaults({ ...CONTAINER, secrets: { API_KEY: { arn: "hunter2" } } });
  expect(fault?.what).toBe("secret API_KEY is not the ARN of a secret or of an SSM parameter");
  expect(JSON.stringify(fault)).not.toContain("hunter2");
  expect(faults({ environment: { A: "1" }, secrets: { A: { arn: SECRET } } })).toEqual([
    "variable A stands in environment and in secrets",
  ]);
});

test.each([
  [{ port: 0 }, "port is 0"],
  [{ port: 65_536 }, "port is 65536"],
  [{ stopTimeoutSeconds: 121 }, "stopTimeoutSeconds is 121"],
  [{ name: "my app" }, 'container name "my app" may hold only letters, digits, - and _'],
  [{ image: "nginx latest" }, 'image "nginx latest" is not the name of an image'],
  [{ environment: { "A-B": "1" } }, 'variable "A-B" may hold only letters, digits and _, no digit first'],
  [{ healthCheck: { command: ["CMD", "true"], timeoutSeconds: 1 } }, "healthCheck.timeoutSeconds is 1"],
])("refuses %j", (change, what) => {
  expect(faults(change)).toEqual([what]);
});

test("a reference is an ARN, with a key where it names one", () => {
  expect(parseSecretReference(SECRET)).toEqual({ arn: SECRET });
  expect(parseSecretReference(`${SECRET}:KEY::`)).toEqual({ arn: SECRET, key: "KEY" });
  expect(parseSecretReference(`${SECRET}:::`)).toEqual({ arn: SECRET });
  for (const text of [
    "",
    "hunter2",
    "arn:aws:s3:::bucket",
    `${SECRET}:KEY`,
    `${SECRET}:KEY:AWSPREVIOUS:`,
    "arn:aws:secretsmanager:us-east-1:1:secret:a",
  ]) {
    expect(parseSecretReference(text)).toBeUndefined();
  }
});
