import {
  type ContractValues,
  defineContract,
  lookup,
  parameterName,
  publish,
} from "@groundplan/modules/core";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";

const DEV = { platform: "groundplan", environment: "dev" };

const CONTRACT = defineContract("network", {
  vpcId: "string",
  zones: "number",
  subnetIds: "strings",
  urls: "stringMap",
});
const VALUES: ContractValues<(typeof CONTRACT)["shape"]> = {
  vpcId: "vpc-1",
  zones: 3,
  subnetIds: ["subnet-1", "subnet-2"],
  urls: { api: "https://api" },
};

test("what is published is one parameter of the environment", () => {
  const stack = new TerraformStack(Testing.app(), "dev-network");
  publish(stack, DEV, CONTRACT, VALUES);
  const parameters = Object.values(JSON.parse(Testing.synth(stack)).resource.aws_ssm_parameter);
  expect(parameters).toEqual([
    expect.objectContaining({ name: "/groundplan/dev/network", type: "String", tier: "Intelligent-Tiering" }),
  ]);
  expect(parameterName(DEV, "network")).toBe("/groundplan/dev/network");
});

test("a value that is left out fails, and says of what kind it is", () => {
  const stack = new TerraformStack(Testing.app(), "dev-network");
  const { zones: _zones, urls: _urls, ...rest } = VALUES;
  const incomplete: unknown = rest;
  expect(() => publish(stack, DEV, CONTRACT, incomplete as typeof VALUES)).toThrow(
    'contract "network" has no value for "zones"\n  at dev-network\n  give a number for "zones" to publish()\n\n' +
      'contract "network" has no value for "urls"\n  at dev-network\n  give a stringMap for "urls" to publish()',
  );
});

test("a consumer reads the parameter, each key as its kind", () => {
  const stack = new TerraformStack(Testing.app(), "dev-api");
  const found = lookup(stack, DEV, CONTRACT);
  new TerraformOutput(stack, "vpc", { value: found.vpcId });
  new TerraformOutput(stack, "subnets", { value: found.subnetIds });
  new TerraformOutput(stack, "zones", { value: found.zones });
  new TerraformOutput(stack, "urls", { value: found.urls });
  const { data, output } = JSON.parse(Testing.synth(stack));
  const [id, parameter] = Object.entries(data.aws_ssm_parameter)[0] ?? [];
  expect(parameter).toMatchObject({ name: "/groundplan/dev/network" });
  const document = `jsondecode(data.aws_ssm_parameter.${id}.insecure_value)`;
  expect(output).toMatchObject({
    vpc: { value: `\${${document}.vpcId}` },
    subnets: { value: `\${${document}.subnetIds}` },
    zones: { value: `\${${document}.zones}` },
    urls: { value: `\${${document}.urls}` },
  });
});
