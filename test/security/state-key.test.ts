import type { StateAccess } from "@groundplan/modules/state";
import { ACCOUNT, isAllowed, type RolePolicies, STATE, SynthesizedRoles } from "./role-policies";

const KEYS = `arn:aws:kms:us-east-1:${ACCOUNT}:key`;
const GIVEN = `${KEYS}/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ALIAS = "alias/groundplan-terraform-state";

/** What a state needs of its key to be read and written. */
const USES = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];

/** What would end the states, or let somebody else read them. */
const HARM = [
  "kms:ScheduleKeyDeletion",
  "kms:DisableKey",
  "kms:PutKeyPolicy",
  "kms:CreateGrant",
  "kms:Encrypt",
];

const rolesWith = (change: Partial<StateAccess>) => new SynthesizedRoles(["dev"], { ...STATE, ...change });

/** What a role may do with a key that has an alias. */
function may(role: RolePolicies, resource: string, aliases: readonly string[]): readonly string[] {
  const keys = { "kms:ResourceAliases": aliases };
  return [...USES, ...HARM].filter((action) => isAllowed(role, { action, resource, keys }));
}

describe.each([
  { encryption: "own" as const, key: `${KEYS}/made-by-the-state-stack`, aliases: [ALIAS] },
  { encryption: { kmsKeyArn: GIVEN }, key: GIVEN, aliases: [] },
])("with a key of the state that is $encryption", ({ encryption, key, aliases }) => {
  test("an apply uses it, and does nothing else with it", () => {
    expect(may(rolesWith({ encryption }).apply("dev"), key, aliases)).toEqual(USES);
  });

  test("an apply does what it likes with its own keys", () => {
    const role = rolesWith({ encryption }).apply("dev");
    expect(may(role, `${KEYS}/another`, ["alias/dev-flow-logs"])).toEqual([...USES, ...HARM]);
  });

  test("a plan reads with it, and with no other key", () => {
    const role = rolesWith({ encryption }).plan(["kms:DescribeKey"]);
    expect(may(role, key, aliases)).toEqual(["kms:Decrypt", "kms:DescribeKey"]);
    expect(may(role, `${KEYS}/another`, ["alias/dev-flow-logs"])).toEqual(["kms:DescribeKey"]);
  });

  test("a plan that writes lock files encrypts them with it", () => {
    const role = rolesWith({ encryption, locking: "s3" }).plan(["kms:DescribeKey"]);
    expect(may(role, key, aliases)).toEqual(USES);
  });
});

test("an apply does not move the alias by which policies know the key", () => {
  const role = rolesWith({ encryption: "own" }).apply("dev");
  const resource = `arn:aws:kms:us-east-1:${ACCOUNT}:${ALIAS}`;
  for (const action of ["kms:UpdateAlias", "kms:DeleteAlias", "kms:CreateAlias"]) {
    expect(isAllowed(role, { action, resource })).toBe(false);
    expect(isAllowed(role, { action, resource: `${resource}-of-dev` })).toBe(true);
  }
});

test("with AWS's own keys there is none to keep, and a plan decrypts with none", () => {
  const roles = rolesWith({ encryption: "aws" });
  expect(may(roles.apply("dev"), `${KEYS}/any`, [ALIAS])).toEqual([...USES, ...HARM]);
  expect(may(roles.plan(["kms:DescribeKey"]), `${KEYS}/any`, [ALIAS])).toEqual(["kms:DescribeKey"]);
});

test("without what keeps the key, an apply could delete it", () => {
  const { policies, boundary } = rolesWith({ encryption: "own" }).apply("dev");
  const open = { policies, boundary: boundary.filter(({ Effect }) => Effect === "Allow") };
  expect(may(open, `${KEYS}/made-by-the-state-stack`, [ALIAS])).toContain("kms:ScheduleKeyDeletion");
});
