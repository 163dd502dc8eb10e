import { Testing } from "cdktf";
import { StateStack } from "../../stacks/state";
import { Synthesized } from "../modules/network/synthesized";
import { environments, platform } from "../platform";

function stateStack(change: Partial<typeof platform> = {}) {
  const stack = new StateStack(Testing.app(), "state", {
    platform: { ...platform, ...change },
    account: "123456789012",
    environments: [],
  });
  return { made: new Synthesized(stack), terraform: JSON.parse(Testing.synth(stack)).terraform };
}

test("its own state lies in the bucket and is locked by the table that it makes", () => {
  const { made, terraform } = stateStack();
  expect(terraform.backend.s3).toEqual({
    allowed_account_ids: ["123456789012"],
    bucket: made.one("aws_s3_bucket", "terraform/state/bucket").bucket,
    dynamodb_table: made.one("aws_dynamodb_table").name,
    encrypt: true,
    key: "state/terraform.tfstate",
    region: platform.region,
  });
});

test("the platform's settings reach the bucket, the table and the backend alike", () => {
  const { made, terraform } = stateStack({ locking: "s3", stateEncryption: "own" });
  expect(made.paths("aws_dynamodb_table")).toEqual([]);
  expect(made.paths("aws_kms_key")).toEqual(["terraform/key"]);
  expect(terraform.backend.s3).toMatchObject({
    use_lockfile: true,
    kms_key_id: expect.stringContaining(String(made.one("aws_kms_alias").name)),
  });
});

test("everything is protected and tagged", () => {
  const { made } = stateStack({ stateEncryption: "own" });
  const kinds = ["aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key"];
  const all = kinds.flatMap((type) => Object.values(made.all(type)));
  expect(all).toHaveLength(4);
  for (const resource of all) {
    expect(resource).toMatchObject({
      lifecycle: { prevent_destroy: true },
      tags: { Platform: "groundplan", Stack: "state", ManagedBy: "terraform" },
    });
  }
});

test("GitHub's role that publishes may delete artifacts, and roles that the platform names", () => {
  const named = "arn:aws:iam::123456789012:role/administrators";
  const stack = new StateStack(Testing.app(), "state", {
    platform: { ...platform, artifactPruners: [named] },
    account: "123456789012",
    environments,
  });
  const made = new Synthesized(stack);
  const policy = JSON.parse(String(made.one("aws_s3_bucket_policy", "artifacts/bucket/policy").policy));
  const { Condition } = policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "KeptVersions");
  const role = "arn:aws:iam::123456789012:role/github/groundplan-apply-dev";
  expect(Condition).toEqual({ ArnNotLike: { "aws:PrincipalArn": [named, role] } });
});

test("a platform of a name that AWS would refuse fails at its stack", () => {
  expect(() => stateStack({ name: "Ground" })).toThrow(
    'platform name "Ground" may hold only lower-case letters, digits and single hyphens, a letter first\n  at state/terraform\n',
  );
});
