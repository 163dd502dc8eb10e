import { artifactBucketName, serviceNameFaults } from "@groundplan/modules/artifact";

const PLACE = { platform: "groundplan", account: "123456789012", region: "us-east-1" };

test("the names of services and of the bucket", () => {
  expect(artifactBucketName(PLACE)).toBe("groundplan-artifacts-123456789012-us-east-1");
  expect(serviceNameFaults("order-intake")).toEqual([]);
  for (const name of ["", "Api", "a_b", "-a", "a".repeat(27)])
    expect(serviceNameFaults(name)).not.toEqual([]);
});

test("refuses a bucket name that S3 would refuse", () => {
  expect(() => artifactBucketName({ ...PLACE, platform: "a".repeat(40) })).toThrow("has 73 characters");
});
