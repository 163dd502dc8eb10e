import type { Json } from "../../../cli/input/json";
import { deferredBy, deferredByFailure, type Upstream } from "../../../cli/plan/deferral";
import type { ChangeJson } from "../../../cli/plan/plan-json";
import { diagnosticsOf } from "../../../cli/terraform/diagnostics";

const READ = {
  address: "data.aws_ssm_parameter.network",
  from: "dev-network",
  resource: "aws_ssm_parameter.contract",
};
const OUTPUT = { address: "data.terraform_remote_state.network", from: "dev-network", outputs: ["vpc"] };

function planned(change: ChangeJson, output?: ChangeJson): ReadonlyMap<string, Upstream> {
  const contract = {
    address: "aws_ssm_parameter.contract",
    mode: "managed",
    type: "aws_ssm_parameter",
    name: "contract",
  };
  const plan = {
    resource_changes: [{ ...contract, change }],
    output_changes: output ? { vpc: output } : {},
  };
  return new Map([["dev-network", { status: "changed", plan }]]);
}

const update = (before: Json, after: Json, unknown: Json = {}): ChangeJson => ({
  actions: ["update"],
  before,
  after,
  after_unknown: unknown,
});

test.each<[string, ChangeJson, string | undefined]>([
  ["creates it", { actions: ["create"] }, "upstream-not-deployed"],
  ["replaces it", { actions: ["delete", "create"] }, "upstream-changes"],
  ["deletes it", { actions: ["delete"] }, "upstream-changes"],
  ["changes its value", update({ value: "a" }, { value: "b" }), "upstream-changes"],
  [
    "changes its value to what is not known yet",
    update({ value: "a" }, {}, { value: true }),
    "upstream-changes",
  ],
  ["changes its tags only", update({ tags: {}, value: "a" }, { tags: { a: "b" }, value: "a" }), undefined],
  ["leaves it", { actions: ["no-op"] }, undefined],
])("an upstream that %s", (_, change, why) => {
  expect(deferredBy([READ], planned(change))?.why).toBe(why);
});

test("outputs of a remote state count when they are read", () => {
  const none: ChangeJson = { actions: ["no-op"] };

  expect(deferredBy([OUTPUT], planned(none, { actions: ["update"] }))?.why).toBe("upstream-changes");
  expect(deferredBy([OUTPUT], planned(none, { actions: ["create"] }))?.why).toBe("upstream-not-deployed");
  expect(deferredBy([OUTPUT], planned(none, none))).toBeUndefined();
  expect(
    deferredBy([{ ...OUTPUT, outputs: ["other"] }], planned(none, { actions: ["update"] })),
  ).toBeUndefined();
});

test("an upstream without a plan defers what reads it, and one that is not in the run does not", () => {
  const status = (one: Upstream["status"]) => new Map([["dev-network", { status: one }]]);

  expect(deferredBy([READ], status("deferred"))).toMatchObject({
    on: ["dev-network"],
    why: "upstream-deferred",
  });
  expect(deferredBy([READ], status("failed"))?.why).toBe("upstream-failed");
  expect(deferredBy([READ], new Map())).toBeUndefined();
  expect(deferredBy([], status("failed"))).toBeUndefined();
});

const FAILURE = `
╷
│ Error: reading SSM Parameter (/dev/network): couldn't find resource
│
│   with data.aws_ssm_parameter.network,
│   on cdk.tf.json line 5, in data.aws_ssm_parameter.network:
│    5:       "network": {
│
╵
`;

test("a data source that finds nothing defers on the stack that makes it", () => {
  const errors = diagnosticsOf(FAILURE);

  expect(errors).toMatchObject([
    {
      summary: "reading SSM Parameter (/dev/network): couldn't find resource",
      address: "data.aws_ssm_parameter.network",
    },
  ]);
  expect(deferredByFailure(errors, [READ], [])).toMatchObject({
    on: ["dev-network"],
    why: "upstream-not-deployed",
    reads: ["data.aws_ssm_parameter.network"],
  });
});

test("a producer that is not known is looked for among upstream stacks of which nothing stands", () => {
  const errors = diagnosticsOf(FAILURE);

  expect(deferredByFailure(errors, [], ["dev-network"])?.on).toEqual(["dev-network"]);
  expect(deferredByFailure(errors, [], [])).toBeUndefined();
});

test.each([
  ["another reason", FAILURE.replace("couldn't find resource", "AccessDeniedException")],
  ["a resource", FAILURE.replaceAll("data.aws_ssm_parameter", "aws_ssm_parameter")],
  ["one more error", `${FAILURE}╷\n│ Error: Invalid index\n│\n│   with aws_vpc.main,\n╵\n`],
])("%s is a failure", (_, output) => {
  expect(deferredByFailure(diagnosticsOf(output), [READ], ["dev-network"])).toBeUndefined();
});

test("an output that the state does not have yet defers", () => {
  const output = `Error: Unsupported attribute

  on cdk.tf.json line 9, in resource.aws_x.a:
   9:  "vpc": "\${data.terraform_remote_state.network.outputs.vpc}"

This object does not have an attribute named "vpc".
`;

  expect(deferredByFailure(diagnosticsOf(output), [OUTPUT], [])?.on).toEqual(["dev-network"]);
  expect(
    deferredByFailure(diagnosticsOf(output.replace("Unsupported", "Odd")), [OUTPUT], []),
  ).toBeUndefined();
});
