import {
  ArtifactBucket,
  type ArtifactBucketProps,
  artifactBucketName,
  serviceNameFaults,
} from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { faultsOf, statementsOf } from "./made";

const VALID: ArtifactBucketProps = { platform: "groundplan", account: "123456789012", region: "us-east-1" };

const bucketWith = (change: Partial<ArtifactBucketProps> = {}) =>
  synthesized((scope) => new ArtifactBucket(scope, "artifacts", { ...VALID, ...change }));

const faults = (change: Partial<ArtifactBucketProps>) =>
  faultsOf((scope) => new ArtifactBucket(scope, "artifacts", { ...VALID, ...change }));

test("versioned, encrypted, closed, and kept from being destroyed", () => {
  const stack = bucketWith();
  expect(stack.one("aws_s3_bucket")).toMatchObject({
    bucket: "groundplan-artifacts-123456789012-us-east-1",
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(stack.one("aws_s3_bucket_versioning").versioning_configuration).toEqual({ status: "Enabled" });
  expect(bucketWith({ deletionProtection: false }).one("aws_s3_bucket").force_destroy).toBe(true);
});

test("no rule expires an artifact: only indexes that were replaced, and unfinished uploads", () => {
  const rules = bucketWith().one("aws_s3_bucket_lifecycle_configuration").rule as Record<string, unknown>[];
  const expiring = rules.filter((rule) => rule.expiration ?? rule.noncurrent_version_expiration);
  expect(expiring).toEqual([
    {
      id: "old-indexes",
      status: "Enabled",
      filter: [{ prefix: "index/" }],
      noncurrent_version_expiration: [{ noncurrent_days: 90 }],
    },
  ]);
});

test("a write without a condition is refused: artifacts are made once, an index is replaced knowingly", () => {
  const statements = statementsOf(bucketWith(), "aws_s3_bucket_policy");
  const arn = "arn:aws:s3:::groundplan-artifacts-123456789012-us-east-1";
  expect(statements).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ Sid: "TlsOnly", Effect: "Deny" }),
      {
        Sid: "ArtifactsOnce",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: `${arn}/artifacts/*`,
        Condition: { Bool: { "s3:ObjectCreationOperation": "true" }, Null: { "s3:if-none-match": "true" } },
      },
      expect.objectContaining({
        Sid: "IndexConditional",
        Resource: `${arn}/index/*`,
        Condition: {
          Bool: { "s3:ObjectCreationOperation": "true" },
          Null: { "s3:if-none-match": "true", "s3:if-match": "true" },
        },
      }),
    ]),
  );
  expect(statements.filter(({ Effect }) => Effect === "Allow")).toEqual([]);
});

test("no version of an artifact can be deleted, unless the bucket is not protected", () => {
  const kept = (change: Partial<ArtifactBucketProps>) =>
    statementsOf(bucketWith(change), "aws_s3_bucket_policy").filter(
      ({ Action }) => Action === "s3:DeleteObjectVersion",
    );
  expect(kept({})).toMatchObject([{ Effect: "Deny", Principal: "*" }]);
  expect(kept({ deletionProtection: false })).toEqual([]);
});

test("other accounts read, in any order, and cannot write", () => {
  const readers = (accounts: readonly string[]) =>
    statementsOf(bucketWith({ readerAccounts: accounts }), "aws_s3_bucket_policy").filter(
      ({ Effect }) => Effect === "Allow",
    );
  const both = readers(["222222222222", "111111111111"]);
  expect(both).toEqual(readers(["111111111111", "222222222222"]));
  expect(both.map(({ Action }) => Action)).toEqual([
    ["s3:GetObject", "s3:GetObjectVersion"],
    "s3:ListBucket",
  ]);
});

test.each<[string, Partial<ArtifactBucketProps>, RegExp]>([
  ["an account that is none", { account: "12" }, /account "12" has not 12 digits/],
  ["a reader that is none", { readerAccounts: ["12"] }, /account "12" has not 12 digits/],
  [
    "the owner as a reader",
    { readerAccounts: ["123456789012"] },
    /owns the bucket and is listed as a reader/,
  ],
  ["no days", { oldIndexDays: 0 }, /old indexes expire after 0 days/],
  ["a name that S3 refuses", { platform: "Ground_Plan" }, /S3 bucket name .* may hold only/],
])("%s is refused", (_, change, message) => {
  expect(faults({})).toBe("");
  expect(faults(change)).toMatch(message);
});

test("the names of services and of the bucket", () => {
  expect(artifactBucketName(VALID)).toBe("groundplan-artifacts-123456789012-us-east-1");
  expect(serviceNameFaults("order-intake")).toEqual([]);
  for (const name of ["", "Api", "a_b", "-a", "a".repeat(27)])
    expect(serviceNameFaults(name)).not.toEqual([]);
});
