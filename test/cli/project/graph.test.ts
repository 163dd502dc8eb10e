import { Graph } from "../../../cli/project/graph";
import type { Stack, StackJson } from "../../../cli/project/project";

function stack(name: string, json: object, dependencies: readonly string[] = []): Stack {
  return { name, folder: `/app/${name}`, dependencies, json: json as StackJson };
}

const provider = (account: string, region = "us-east-1") => ({
  aws: [{ region, allowed_account_ids: [account] }],
});
const producer = (account: string) => ({
  provider: provider(account),
  resource: { aws_ssm_parameter: { contract: { name: "/network", value: "x" } } },
});
const reader = (account: string, name = "/network") => ({
  provider: provider(account),
  data: { aws_ssm_parameter: { network: { name, "//": { metadata: {} } } } },
});

test("a data source that names what another stack makes reads it, and orders the two", () => {
  const graph = new Graph([stack("app", reader("1")), stack("network", producer("1"))]);

  expect(graph.reads("app")).toEqual([
    { address: "data.aws_ssm_parameter.network", from: "network", resource: "aws_ssm_parameter.contract" },
  ]);
  expect(graph.ordered.map(({ name }) => name)).toEqual(["network", "app"]);
});

test.each([
  ["another account", reader("2")],
  ["another name", reader("1", "/other")],
  ["a name that only Terraform knows", reader("1", "${var.name}")],
])("%s is not read", (_, json) => {
  const graph = new Graph([stack("network", producer("1")), stack("app", json)]);

  expect(graph.reads("app")).toEqual([]);
  expect(graph.upstream("app")).toEqual([]);
});

test.each([
  ["with its Region", { region: "us-east-1" }],
  ["without, as Terraform takes it from the environment", {}],
])("a remote state is read by the outputs that expressions name: %s", (_, region) => {
  const backend = { s3: { bucket: "states", key: "network", ...region } };
  const config = { bucket: "states", key: "network" };
  const graph = new Graph([
    stack("network", { terraform: { backend } }),
    stack("app", {
      data: { terraform_remote_state: { net: { backend: "s3", config } } },
      resource: {
        aws_x: {
          a: { one: "${data.terraform_remote_state.net.outputs.vpc-id}" },
          b: { two: '${data.terraform_remote_state.net.outputs["zone"]}' },
        },
      },
    }),
  ]);

  expect(graph.reads("app")).toEqual([
    { address: "data.terraform_remote_state.net", from: "network", outputs: ["vpc-id", "zone"] },
  ]);
});

test("CDKTF's order wins over a read against it", () => {
  const graph = new Graph([stack("app", reader("1")), stack("network", producer("1"), ["app"])]);

  expect(graph.ordered.map(({ name }) => name)).toEqual(["app", "network"]);
  expect(graph.upstream("app")).toEqual([]);
});
