import { type StateAccess, stateApplyStatements, statePlanStatements } from "@groundplan/modules/state";

const STATE: StateAccess = {
  platform: "groundplan",
  account: "123456789012",
  region: "us-east-1",
  locking: "dynamodb",
  encryption: "aws",
};
const BUCKET = "groundplan-terraform-state-123456789012-us-east-1";
const KEYS = ["environments/dev/*"];

/** The statement of a name. */
function statement(statements: readonly { readonly Sid?: string }[], sid: string) {
  return statements.find(({ Sid }) => Sid === sid);
}

test("a plan reads states and writes their locks, and neither states nor checksums", () => {
  const statements = statePlanStatements(STATE, KEYS);
  const writes = statements.filter(({ Action }) => /Put|Delete|Update/.test(JSON.stringify(Action)));
  expect(writes).toEqual([
    {
      Sid: "WriteLocks",
      Effect: "Allow",
      Action: ["dynamodb:PutItem", "dynamodb:DeleteItem"],
      Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/groundplan-terraform-locks",
      Condition: {
        // `….tfstate-md5`, where the checksum lies, does not match.
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${BUCKET}/environments/dev/*.tfstate`] },
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    },
  ]);
  expect(statement(statements, "ReadStates")).toMatchObject({
    Resource: [`arn:aws:s3:::${BUCKET}/environments/dev/*`],
  });
});

test("with lock files a plan writes those, and no table", () => {
  const statements = statePlanStatements({ ...STATE, locking: "s3" }, KEYS);
  expect(statement(statements, "WriteLockFiles")).toEqual({
    Sid: "WriteLockFiles",
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:DeleteObject"],
    Resource: [`arn:aws:s3:::${BUCKET}/environments/dev/*.tfstate.tflock`],
  });
  expect(JSON.stringify(statements)).not.toContain("dynamodb");
});

test("an apply writes the states of its keys, and the locks with their checksums", () => {
  const statements = stateApplyStatements({ ...STATE, locking: "both" }, KEYS);
  expect(statement(statements, "WriteStates")).toMatchObject({
    Action: expect.arrayContaining(["s3:PutObject"]),
    Resource: [`arn:aws:s3:::${BUCKET}/environments/dev/*`],
  });
  expect(statement(statements, "WriteLocks")).toMatchObject({
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${BUCKET}/environments/dev/*`] } },
  });
});

test.each([
  ["own", "arn:aws:kms:us-east-1:123456789012:key/*", "alias/groundplan-terraform-state"],
  [
    { kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/one" },
    "arn:aws:kms:us-east-1:123456789012:key/one",
    undefined,
  ],
] as const)("with a key, both may use it: %j", (encryption, resource, alias) => {
  for (const statements of [statePlanStatements, stateApplyStatements]) {
    const found = statement(statements({ ...STATE, encryption }, KEYS), "UseStateKey");
    expect(found).toMatchObject({ Resource: resource });
    expect(JSON.stringify(found).includes("kms:ResourceAliases")).toBe(alias !== undefined);
    if (alias !== undefined) expect(JSON.stringify(found)).toContain(alias);
    expect(statement(statements(STATE, KEYS), "UseStateKey")).toBeUndefined();
  }
});
