import { ArtifactBucket, type ArtifactBucketProps } from "@groundplan/modules/artifact";
import { denials, type PolicyKeys } from "../../policy";
import { synthesized } from "../network/synthesized";
import { faultsOf, statementsOf } from "../serverless/fixtures";

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

const ARN = "arn:aws:s3:::groundplan-artifacts-123456789012-us-east-1";
const TLS = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };
const CREATES = { "s3:ObjectCreationOperation": "true" };
const NEW = { ...CREATES, "s3:if-none-match": "*" };
const SEEN = { ...CREATES, "s3:if-match": '"etag"' };
const PART = { "s3:ObjectCreationOperation": "false" };

/** What the policy of a bucket says of a request over TLS: the statements that refuse it. */
function refusals(
  action: string,
  key: string,
  keys: PolicyKeys = {},
  change: Partial<ArtifactBucketProps> = {},
) {
  const statements = statementsOf(bucketWith(change), "aws_s3_bucket_policy");
  return denials(statements, { action, resource: `${ARN}/${key}`, keys: { ...TLS, ...keys } });
}

test.each(["artifacts/api/hash.zip", "index/api.json"])(
  "%s is written where nothing is, or over what was seen; a write without a condition is refused",
  (key) => {
    for (const keys of [NEW, SEEN, PART]) expect(refusals("s3:PutObject", key, keys)).toEqual([]);
    expect(refusals("s3:PutObject", key, CREATES)).toEqual(["ConditionalWrites"]);
    expect(refusals("s3:PutObject", key, { ...NEW, "aws:SecureTransport": "false" })).toEqual(["TlsOnly"]);
    expect(refusals("s3:PutObject", key, { ...NEW, "s3:TlsVersion": "1.1" })).toEqual(["Tls12OrNewer"]);
    expect(refusals("s3:GetObjectVersion", key)).toEqual([]);
  },
);

test.each(["artifacts/api/hash.zip", "index/api.json"])(
  "%s can be neither hidden nor deleted, unless the bucket is not protected",
  (key) => {
    for (const action of ["s3:DeleteObject", "s3:DeleteObjectVersion"]) {
      expect(refusals(action, key)).toEqual(["KeptVersions"]);
      expect(refusals(action, key, {}, { deletionProtection: false })).toEqual([]);
    }
  },
);

test("who prunes deletes versions of artifacts, and nothing else; nobody else does", () => {
  const role = "arn:aws:iam::123456789012:role/github/groundplan-apply-dev";
  const sso = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admins_*";
  const as = (principal: string, action: string, key: string) =>
    refusals(action, key, { "aws:PrincipalArn": principal }, { pruners: [role, sso] });
  const admin = sso.replaceAll("*", "eu-west-1");
  const [artifact, index] = ["artifacts/api/hash.zip", "index/api.json"];
  for (const principal of [role, admin]) {
    expect(as(principal, "s3:DeleteObjectVersion", artifact)).toEqual([]);
    expect(as(principal, "s3:DeleteObject", artifact)).toEqual(["NoHiddenArtifacts"]);
    for (const action of ["s3:DeleteObject", "s3:DeleteObjectVersion"])
      expect(as(principal, action, index)).toEqual(["KeptIndexes"]);
  }
  const plan = "arn:aws:iam::123456789012:role/github/groundplan-plan";
  expect(as(plan, "s3:DeleteObjectVersion", artifact)).toEqual(["KeptVersions"]);
  expect(as(plan, "s3:DeleteObject", artifact)).toEqual(["NoHiddenArtifacts"]);
});

test("in its own account the policy only refuses", () => {
  const statements = statementsOf(bucketWith(), "aws_s3_bucket_policy");
  expect(statements.filter(({ Effect }) => Effect === "Allow")).toEqual([]);
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
  ["a pruner that could be anybody", { pruners: ["arn:aws:iam::123456789012:role/*"] }, /could be any/],
  [
    "a pruner of another account",
    { pruners: ["arn:aws:iam::1:role/a"] },
    /is not a role of account 123456789012/,
  ],
  ["no days", { oldIndexDays: 0 }, /old indexes expire after 0 days/],
  ["a name that S3 refuses", { platform: "Ground_Plan" }, /S3 bucket name .* may hold only/],
])("%s is refused", (_, change, message) => {
  expect(faults({})).toBe("");
  expect(faults(change)).toMatch(message);
});
