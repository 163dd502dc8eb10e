import type { Json } from "../../../cli/input/json";
import { drifted } from "../../../cli/plan/drift";
import type { ChangeJson, ResourceChangeJson } from "../../../cli/plan/plan-json";
import type { RawPlan } from "../../../cli/plan/raw";

const resource = (type: string, change: ChangeJson): ResourceChangeJson => ({
  address: `${type}.a`,
  mode: "managed",
  type,
  name: "a",
  change,
});

/** A plan that finds one value where the state has another, and sets a third; all of one attribute. */
function plan(
  type: string,
  key: string,
  [state = null, found = null, set = null]: readonly (Json | undefined)[],
  others: object[] = [],
): RawPlan {
  const actions = (one: Json, other: Json) => [one === other ? "no-op" : "update"];
  return {
    resource_drift: [
      resource(type, {
        actions: ["update"],
        before: { id: "a", [key]: state },
        after: { id: "a", [key]: found },
      }),
    ],
    resource_changes: [
      resource(type, {
        actions: actions(found, set),
        before: { id: "a", [key]: found },
        after: { id: "a", [key]: set },
        after_unknown: {},
      }),
    ],
    prior_state: {
      values: {
        root_module: {
          resources: [
            { address: `${type}.a`, mode: "managed", type, values: { [key]: found } },
            ...others.map((values, at) => ({
              address: `aws_y.y${at}`,
              mode: "managed",
              type: "aws_y",
              values,
            })),
          ],
        },
      },
    },
  };
}

const addresses = (one: RawPlan) => drifted(one, one).map(({ address }) => address);

const POLICY = '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"*"}]}';
const inline = [{ name: "read", policy: POLICY }];

test.each<[string, RawPlan]>([
  [
    "a policy that aws_iam_role_policy gives a role",
    plan("aws_iam_role", "inline_policy", [[], inline, inline], [{ name: "read", policy: POLICY }]),
  ],
  [
    "another one of it, after an apply that changed it; spaces do not count",
    plan(
      "aws_iam_role",
      "inline_policy",
      [[{ name: "read", policy: "{}" }], inline, inline],
      [{ name: "read", policy: JSON.stringify(JSON.parse(POLICY), null, 2) }],
    ),
  ],
  ["what AWS sets by itself", plan("aws_eks_cluster", "platform_version", ["eks.1", "eks.2", "eks.2"])],
  ["what is empty in another way", plan("aws_x", "tags", [null, {}, {}])],
  [
    "what the code leaves to others (ignore_changes)",
    plan("aws_autoscaling_group", "desired_capacity", [2, 5, 5]),
  ],
])("%s is no drift", (_, one) => {
  expect(addresses(one)).toEqual([]);
});

test.each<[string, RawPlan]>([
  ["a value of the code, changed by hand", plan("aws_x", "size", [1, 9, 1])],
  [
    "a default of the provider, changed by hand",
    plan("aws_sqs_queue", "visibility_timeout_seconds", [30, 99, 30]),
  ],
  [
    "a policy that nobody's code gives a role",
    plan(
      "aws_iam_role",
      "inline_policy",
      [
        inline,
        [...inline, { name: "back-door", policy: POLICY }],
        [...inline, { name: "back-door", policy: POLICY }],
      ],
      [{ name: "read", policy: POLICY }],
    ),
  ],
  [
    "a rule that nobody's code gives a security group",
    plan(
      "aws_security_group",
      "ingress",
      [[], [{ cidr_blocks: ["0.0.0.0/0"], from_port: 22 }], undefined].map((value, at) =>
        at === 2 ? [{ cidr_blocks: ["0.0.0.0/0"], from_port: 22 }] : value,
      ),
    ),
  ],
])("%s is drift", (_, one) => {
  expect(addresses(one)).toHaveLength(1);
});

test("what was deleted is drift, and everything is when nothing can be planned", () => {
  const gone: RawPlan = {
    resource_drift: [resource("aws_x", { actions: ["delete"], before: { id: "a" }, after: null })],
    resource_changes: [],
  };
  const filledIn = plan("aws_eks_cluster", "platform_version", ["eks.1", "eks.2", "eks.2"]);

  expect(addresses(gone)).toEqual(["aws_x.a"]);
  expect(drifted(filledIn, undefined)).toHaveLength(1);
  expect(drifted({ ...filledIn, resource_drift: [] }, undefined)).toEqual([]);
});
