import { type BackendProps, backendFor, STATE_STACK_KEY, stateKey } from "@groundplan/modules/state";
import { TerraformStack, Testing } from "cdktf";

const PROPS: BackendProps = {
  platform: "groundplan",
  account: "123456789012",
  region: "us-east-1",
  key: stateKey("dev", "network"),
};

function backendWith(change: Partial<BackendProps> = {}): unknown {
  const stack = new TerraformStack(Testing.app(), "dev-network");
  backendFor(stack, { ...PROPS, ...change });
  return JSON.parse(Testing.synth(stack)).terraform.backend.s3;
}

const PLAIN = {
  allowed_account_ids: ["123456789012"],
  bucket: "groundplan-terraform-state-123456789012-us-east-1",
  encrypt: true,
  key: "environments/dev/network/terraform.tfstate",
  region: "us-east-1",
};
const TABLE = { dynamodb_table: "groundplan-terraform-locks" };

test("the state lies in the account's bucket, encrypted, locked by the table", () => {
  expect(backendWith()).toEqual({ ...PLAIN, ...TABLE });
  expect(backendWith({ key: STATE_STACK_KEY })).toMatchObject({ key: "state/terraform.tfstate" });
});

test("each kind of locking", () => {
  expect(backendWith({ locking: "dynamodb" })).toEqual({ ...PLAIN, ...TABLE });
  expect(backendWith({ locking: "both" })).toEqual({ ...PLAIN, ...TABLE, use_lockfile: true });
  expect(backendWith({ locking: "s3" })).toEqual({ ...PLAIN, use_lockfile: true });
});

test("a KMS key is named, since Terraform would else write with AES-256", () => {
  const given = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  expect(backendWith({ encryption: { kmsKeyArn: given } })).toEqual({
    ...PLAIN,
    ...TABLE,
    kms_key_id: given,
  });
  expect(backendWith({ encryption: "own" })).toEqual({
    ...PLAIN,
    ...TABLE,
    kms_key_id: "arn:aws:kms:us-east-1:123456789012:alias/groundplan-terraform-state",
  });
});

test.each(["", "/a", "a/", "a//b", "a b", "x".repeat(1001)])("key %j is refused", (key) => {
  expect(() => backendWith({ key })).toThrow(`state key ${JSON.stringify(key)} is not one that S3`);
});

test("every fault comes at once, at the stack", () => {
  const faulty = () =>
    backendWith({ platform: "G", account: "1", region: "here", key: "/", encryption: { kmsKeyArn: "key" } });
  expect(faulty).toThrow(/platform name "G".*account "1".*region "here".*state key "\/".*kmsKeyArn "key"/s);
  expect(faulty).toThrow("\n  at dev-network\n");
});
