import { artifactOwner, explainedToAccount } from "../../../cli/artifact/owner";
import { BucketRefusal, type RefusalReason } from "../../../cli/artifact/store";
import { CliError } from "../../../cli/console/errors";
import type { Stack } from "../../../cli/project/project";

const [OWN, OTHER] = ["111111111111", "222222222222"];
const OWNER = { stack: `state-${OWN}`, account: OWN ?? "" };
const AGAIN = `npx groundplan bootstrap --stack state-${OTHER}`;

const refusal = (reason: RefusalReason) => new BucketRefusal(reason, "s3://artifacts", 1, "it refuses");

const explained = (error: unknown, account = OTHER ?? "") =>
  explainedToAccount(error, OWNER, account, AGAIN) as CliError;

test.each<readonly [RefusalReason, string]>([
  ["closed", `npx cdktf deploy state-${OWN}`],
  ["missing", `npx groundplan bootstrap --stack state-${OWN}`],
  ["empty", `npx groundplan bootstrap --stack state-${OWN}`],
])("a bucket that is %s: says what the owner runs first, and what comes then", (reason, first) => {
  const { exitCode, message } = explained(refusal(reason));
  expect(exitCode).toBe(4);
  expect(message.split("\n").slice(1)).toEqual([
    "  at s3://artifacts",
    `  with credentials of account ${OWN}: ${first}`,
    `  then, with those of account ${OTHER} again: ${AGAIN}`,
  ]);
});

test("planted fault: a refusal of the owner, and an error that is no refusal, stay as they are", () => {
  const closed = refusal("closed");
  expect(explained(closed, OWN)).toBe(closed);
  const other = new CliError(1, "S3 does not answer");
  expect(explained(other)).toBe(other);
  expect(explainedToAccount(closed, undefined, OTHER ?? "", AGAIN)).toBe(closed);
});

test("the owner is the account of the stack that makes the bucket", () => {
  const stack = (name: string, account: string, output: object = {}): Stack => ({
    name,
    folder: "",
    dependencies: [],
    json: { provider: { aws: [{ allowed_account_ids: [account] }] }, output } as Stack["json"],
  });
  const stacks = [
    stack("state-b", OTHER ?? ""),
    stack(OWNER.stack, OWNER.account, { artifact_bucket: { value: "artifacts" } }),
  ];
  expect(artifactOwner(stacks)).toEqual(OWNER);
  expect(artifactOwner(stacks.slice(0, 1))).toBeUndefined();
});
