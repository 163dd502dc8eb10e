import { emulatorOf, ROUTES } from "../../../local/gateway/routes";

test("each service has one row, with a reason", () => {
  const services = ROUTES.map(({ service }) => service);
  expect(new Set(services).size).toBe(services.length);
  for (const { service, why } of ROUTES) {
    expect(service).toMatch(/^[a-z0-9-]+$/);
    expect(why.length).toBeGreaterThan(3);
  }
});

test.each([
  ["s3", "ministack"],
  ["dynamodb", "ministack"],
  ["sts", "ministack"],
  ["kms", "ministack"],
  ["ec2", "moto"],
  ["iam", "moto"],
  ["ecr", "moto"],
  ["ssm", "moto"],
] as const)("%s goes to %s", (service, emulator) => {
  expect(emulatorOf(service)).toBe(emulator);
});

test("a service that is not named goes to moto, an unsigned request to S3's", () => {
  expect(emulatorOf("glue")).toBe("moto");
  expect(emulatorOf(undefined)).toBe("ministack");
});
