import { subnetsByZone } from "@groundplan/modules/network";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";

test("a subnet is found by its zone, wherever that stands in the list", () => {
  const stack = new TerraformStack(Testing.app(), "zones");
  const subnets = subnetsByZone(["us-east-1b", "us-east-1a"], {
    availabilityZones: ["us-east-1a", "us-east-1b"],
    subnetIds: ["subnet-a", "subnet-b"],
  });
  new TerraformOutput(stack, "subnets", { value: subnets });
  const { output } = JSON.parse(Testing.synth(stack));
  const all = 'zipmap(["us-east-1a", "us-east-1b"], ["subnet-a", "subnet-b"])';
  expect(output.subnets.value).toEqual({
    "us-east-1b": `\${${all}["us-east-1b"]}`,
    "us-east-1a": `\${${all}["us-east-1a"]}`,
  });
});
