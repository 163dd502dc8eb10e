import { guardedByCode, protectionsOf } from "../../../cli/apply/protected";
import type { PlanJson, ResourceChangeJson } from "../../../cli/plan/plan-json";
import type { Stack } from "../../../cli/project/project";

const deleted = (type: string, before: object, actions = ["delete"]): ResourceChangeJson =>
  ({
    address: `${type}.one`,
    mode: "managed",
    type,
    name: "one",
    change: { actions, before, after: null },
  }) as ResourceChangeJson;

const protections = (...resource_changes: readonly ResourceChangeJson[]) =>
  protectionsOf(new Map([["dev-data", { resource_changes } as PlanJson]]));

const stack = (resource: object, backend: object = {}): Stack =>
  ({
    name: "dev-data",
    folder: "/nowhere",
    dependencies: [],
    json: { resource, terraform: { backend } },
  }) as unknown as Stack;

test.each([
  ["aws_db_instance", { deletion_protection: true }, "deletion_protection is on"],
  ["aws_dynamodb_table", { deletion_protection_enabled: true }, "deletion_protection_enabled is on"],
  ["aws_lb", { enable_deletion_protection: true }, "enable_deletion_protection is on"],
  ["aws_instance", { disable_api_termination: true }, "disable_api_termination is on"],
  ["aws_cognito_user_pool", { deletion_protection: "ACTIVE" }, "deletion_protection is on"],
])("%s with %j is refused", (type, before, why) => {
  expect(protections(deleted(type, before)).refused).toEqual([
    { stack: "dev-data", address: `${type}.one`, why },
  ]);
});

test.each([
  ["aws_db_instance", { deletion_protection: false }],
  ["aws_cognito_user_pool", { deletion_protection: "INACTIVE" }],
  ["aws_vpc", {}],
])("%s with %j is not", (type, before) => expect(protections(deleted(type, before)).refused).toEqual([]));

test("what is not deleted is not protected against anything", () => {
  const kept = deleted("aws_db_instance", { deletion_protection: true }, ["no-op"]);

  expect(protections(kept)).toEqual({ refused: [], held: [] });
});

test.each([
  ["aws_s3_bucket", {}, "deleted only if it is empty: else the destroy fails there"],
  ["aws_s3_bucket", { force_destroy: true }, "deleted with all that is in it"],
  ["aws_ecr_repository", { force_delete: true }, "deleted with all that is in it"],
  ["aws_db_instance", { skip_final_snapshot: true }, "deleted with its data, without a final snapshot"],
  ["aws_dynamodb_table", {}, "deleted with what it holds"],
])("%s with %j is named with what is lost", (type, before, why) => {
  expect(protections(deleted(type, before)).held).toEqual([
    { stack: "dev-data", address: `${type}.one`, why },
  ]);
});

test("what holds nothing is not named", () => {
  expect(protections(deleted("aws_iam_role", {})).held).toEqual([]);
});

test.each([[{ prevent_destroy: true }], [[{ prevent_destroy: true }]]])(
  "lifecycle %j in the code is refused",
  (lifecycle) => {
    const stacks = [stack({ aws_s3_bucket: { data: { lifecycle }, other: {} } })];

    expect(guardedByCode(stacks, ["dev-data"])).toEqual([
      { stack: "dev-data", address: "aws_s3_bucket.data", why: "lifecycle.prevent_destroy is set" },
    ]);
    expect(guardedByCode(stacks, [])).toEqual([]);
  },
);

test("a stack that makes the bucket of its own state is refused: the state would go while it is written", () => {
  const own = stack(
    { aws_s3_bucket: { state: { bucket: "states" } } },
    { s3: { bucket: "states", key: "state" } },
  );

  expect(guardedByCode([own], ["dev-data"])).toMatchObject([
    {
      address: "aws_s3_bucket.state",
      why: expect.stringContaining("keeps its own state in this bucket, states"),
    },
  ]);
});
