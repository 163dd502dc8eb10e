import {
  locationFaults,
  lockTableName,
  type StateLocation,
  stateBucketName,
  stateKey,
  stateKeyAliasArn,
  stateLogBucketName,
} from "@groundplan/modules/state";

const LOCATION: StateLocation = { platform: "groundplan", account: "123456789012", region: "us-east-1" };

test("the names of an account's state", () => {
  expect(stateBucketName(LOCATION)).toBe("groundplan-terraform-state-123456789012-us-east-1");
  expect(stateLogBucketName(LOCATION)).toBe("groundplan-state-logs-123456789012-us-east-1");
  expect(lockTableName(LOCATION)).toBe("groundplan-terraform-locks");
  expect(stateKey("dev", "network")).toBe("environments/dev/network/terraform.tfstate");
  expect(stateKeyAliasArn({ ...LOCATION, region: "cn-north-1" })).toBe(
    "arn:aws-cn:kms:cn-north-1:123456789012:alias/groundplan-terraform-state",
  );
});

test("a name that AWS would refuse is refused here", () => {
  expect(() => stateBucketName({ ...LOCATION, platform: "Ground_Plan" })).toThrow(
    'S3 bucket name "Ground_Plan-terraform-state-123456789012-us-east-1" may hold only lower-case letters',
  );
  expect(() => stateLogBucketName({ ...LOCATION, platform: "Ground_Plan" })).toThrow("S3 bucket name");
  expect(() => lockTableName({ platform: "a b" })).toThrow('DynamoDB table name "a b-terraform-locks"');
});

test("a location that holds", () => {
  expect(locationFaults(LOCATION)).toEqual([]);
  expect(locationFaults({ ...LOCATION, platform: "a".repeat(19), region: "ap-southeast-1" })).toEqual([]);
});

test.each([
  ["platform", { platform: "Ground" }, 'platform name "Ground" may hold only'],
  ["account", { account: "123" }, 'account "123" has not 12 digits'],
  ["region", { region: "virginia" }, 'region "virginia" is not an AWS Region'],
])("a wrong %s is named", (_part, change, what) => {
  const faults = locationFaults({ ...LOCATION, ...change });
  expect(faults).toHaveLength(1);
  expect(faults[0]?.what).toContain(what);
});

test("a platform whose name is too long for a long Region's bucket is told by how much", () => {
  const faults = locationFaults({ ...LOCATION, platform: "a".repeat(20), region: "ap-southeast-1" });
  expect(faults.map(({ instead }) => instead)).toEqual(["shorten the platform's name to 19 characters"]);
});
