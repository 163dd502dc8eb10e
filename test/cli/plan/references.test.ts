import { documentOf } from "../../../cli/plan/document";
import type { RawPlan } from "../../../cli/plan/raw";
import { surroundingsOf } from "../../../cli/plan/references";
import { Secrets } from "../../../cli/plan/secrets";

const service = {
  mode: "managed",
  type: "aws_ecs_service",
  name: "api",
  provider_config_key: "aws",
  expressions: {
    task_definition: { references: ["aws_ecs_task_definition.api.arn", "aws_ecs_task_definition.api"] },
    cluster: { references: ["aws_ecs_cluster.one.arn", "aws_ecs_cluster.one"] },
    desired_count: { constant_value: 2 },
  },
};

const group = {
  mode: "managed",
  type: "aws_eks_node_group",
  name: "general",
  provider_config_key: "aws.far",
  expressions: { launch_template: [{ id: { references: ["aws_launch_template.one[0].id"] } }] },
};

const provider_config = {
  aws: { name: "aws", expressions: { region: { constant_value: "us-east-1" } } },
  "aws.far": { name: "aws", alias: "far", expressions: { region: { references: ["var.far"] } } },
};

const configuration = {
  provider_config,
  root_module: {
    resources: [service, { ...service, mode: "data" }],
    module_calls: { cluster: { module: { resources: [group] } } },
  },
};

test("says what refers to what, in modules too, and where it is", () => {
  expect(surroundingsOf(configuration, { far: { value: "eu-central-1" } })).toEqual({
    region: "us-east-1",
    regions: { "module.cluster.aws_eks_node_group.general": "eu-central-1" },
    references: [
      { from: "aws_ecs_service.api", attribute: "task_definition", to: "aws_ecs_task_definition.api" },
      {
        from: "module.cluster.aws_eks_node_group.general",
        attribute: "launch_template",
        to: "module.cluster.aws_launch_template.one",
      },
    ],
  });
});

test.each([
  ["nothing", undefined, undefined],
  ["a text", "configuration", "variables"],
  [
    "lists in the place of objects",
    { provider_config: [], root_module: { resources: {}, module_calls: [] } },
    [],
  ],
  ["resources without names", { root_module: { resources: [null, 1, {}, { type: "aws_lb" }] } }, null],
  [
    "references that are none",
    { root_module: { resources: [{ ...service, expressions: { a: { references: [1, null, "x"] } } }] } },
    {},
  ],
])("takes %s", (_, wrong, variables) => {
  expect(surroundingsOf(wrong, variables)).toEqual({});
});

test("takes nothing for a Region that is none: a variable may hold a secret", () => {
  const expressions = { region: { references: ["var.region"] } };
  const said = (value: string) =>
    surroundingsOf({ provider_config: { aws: { expressions } } }, { region: { value } }).region;
  expect(said("us-gov-west-1")).toBe("us-gov-west-1");
  expect(said("hunter2 is no region")).toBeUndefined();
});

test("is kept in a plan's document, and in that of the document again", () => {
  const raw = { format_version: "1.2", configuration, resource_changes: [] } as RawPlan;
  const document = documentOf(raw, new Secrets());
  expect(document).toMatchObject({ region: "us-east-1", references: [{ from: "aws_ecs_service.api" }, {}] });
  expect(document).not.toHaveProperty("configuration");
  expect(documentOf(document, new Secrets())).toEqual(document);
});
