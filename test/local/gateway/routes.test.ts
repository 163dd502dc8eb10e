import { emulatorOf } from "../../../local/gateway/routes";
import { SERVICES } from "../../../local/services";

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
  expect(emulatorOf(SERVICES, service)).toBe(emulator);
});

test("a service that is not named goes to moto, an unsigned request to S3's", () => {
  expect(emulatorOf(SERVICES, "glue")).toBe("moto");
  expect(emulatorOf(SERVICES, undefined)).toBe("ministack");
});
