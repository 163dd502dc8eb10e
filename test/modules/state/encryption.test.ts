import { encryptionFaults } from "../../../modules/state/encryption";

const LOCATION = { platform: "groundplan", account: "123456789012", region: "us-east-1" };
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

test("AWS's key, an own one, and a given one of any account", () => {
  for (const encryption of [
    "aws",
    "own",
    { kmsKeyArn: KEY },
    { kmsKeyArn: KEY.replace("1234", "9999") },
  ] as const) {
    expect(encryptionFaults(encryption, LOCATION)).toEqual([]);
  }
  const multiRegion = KEY.replace(
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "mrk-1234abcd12ab34cd56ef1234567890ab",
  );
  expect(encryptionFaults({ kmsKeyArn: multiRegion }, LOCATION)).toEqual([]);
});

test.each([
  ["no ARN", "1234abcd-12ab-34cd-56ef-1234567890ab", "is not the ARN of a KMS key"],
  ["an alias", "arn:aws:kms:us-east-1:123456789012:alias/state", "is not the ARN of a KMS key"],
  ["another Region's", KEY.replace("us-east-1", "eu-west-1"), "is not in the bucket's Region, us-east-1"],
])("a given key: %s", (_why, kmsKeyArn, what) => {
  const faults = encryptionFaults({ kmsKeyArn }, LOCATION);
  expect(faults.map((fault) => fault.what)).toEqual([`kmsKeyArn ${JSON.stringify(kmsKeyArn)} ${what}`]);
  expect(faults[0]?.instead).toContain("arn:aws:kms:us-east-1:123456789012:key/");
});
