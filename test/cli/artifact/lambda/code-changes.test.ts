import { otherThanCode, type PlannedChange } from "../../../../cli/artifact/lambda/code-changes";

const TARGET = {
  functionAddress: "aws_lambda_function.f",
  aliasAddress: "aws_lambda_alias.a",
  canaryAddresses: ["aws_cloudwatch_metric_alarm.c"],
};

const BEFORE = {
  s3_key: "a.zip",
  memory_size: 256,
  description: "",
  version: "1",
  tags: { Name: "f" },
  environment: [{ variables: { ARTIFACT_SHA256: "a", LOG: "info" } }],
};

/** A change of the function, from what it is to what differs from it. */
function ofFunction(after: object, unknown: object = {}, actions = ["update"]): PlannedChange {
  const all = { ...BEFORE, ...after };
  return {
    address: TARGET.functionAddress,
    change: { actions, before: BEFORE, after: all, after_unknown: { tags: {}, ...unknown } },
  };
}

const CODE = ofFunction(
  { s3_key: "b.zip", environment: [{ variables: { ARTIFACT_SHA256: "b", LOG: "info" } }] },
  { version: true, qualified_arn: true, last_modified: true },
);
const ALIAS: PlannedChange = {
  address: TARGET.aliasAddress,
  change: {
    actions: ["update"],
    before: { function_version: "1", routing_config: [] },
    after: { routing_config: [{ additional_version_weights: { 2: 0.1 } }] },
    after_unknown: { function_version: true },
  },
};
const CANARY: PlannedChange = { address: "aws_cloudwatch_metric_alarm.c", change: { actions: ["update"] } };
const UNTOUCHED: PlannedChange = { address: "aws_iam_role.r", change: { actions: ["no-op"] } };

test("another artifact, and what AWS sets with it, is code", () => {
  expect(otherThanCode([CODE, ALIAS, CANARY, UNTOUCHED], TARGET)).toEqual([]);
});

test.each<[string, PlannedChange, readonly string[]]>([
  ["memory", ofFunction({ memory_size: 512 }), ["memory_size of aws_lambda_function.f (256, then 512)"]],
  [
    "a text, which is not shown",
    ofFunction({ description: "s3cr3t" }),
    ["description of aws_lambda_function.f"],
  ],
  ["tags", ofFunction({ tags: null }), ["tags of aws_lambda_function.f"]],
  [
    "a variable beside the artifact's",
    ofFunction({ environment: [{ variables: { ARTIFACT_SHA256: "b", LOG: "debug", MORE: "1" } }] }),
    ["LOG of aws_lambda_function.f", "MORE of aws_lambda_function.f"].map((one) => `variable ${one}`),
  ],
  ["what only the apply knows", ofFunction({}, { role: true }), ["role of aws_lambda_function.f"]],
  ["a new function", ofFunction({}, {}, ["create"]), ["create aws_lambda_function.f"]],
  [
    "another function in its place",
    ofFunction({}, {}, ["delete", "create"]),
    ["delete and create aws_lambda_function.f"],
  ],
  [
    "the alias's description",
    {
      address: TARGET.aliasAddress,
      change: { actions: ["update"], before: {}, after: { description: "x" } },
    },
    ["description of aws_lambda_alias.a"],
  ],
  [
    "an alarm that goes",
    { ...CANARY, change: { actions: ["delete"] } },
    ["delete aws_cloudwatch_metric_alarm.c"],
  ],
  [
    "what the function stands on",
    { address: "aws_iam_role.r", change: { actions: ["update"] } },
    ["update aws_iam_role.r"],
  ],
])("%s is no code", (_, change, found) => {
  expect(otherThanCode([CODE, ALIAS, change], TARGET)).toEqual(found);
});
