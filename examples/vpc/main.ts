import { awsProvider } from "@groundplan/modules/core";
import { Vpc } from "@groundplan/modules/network";
import { App, TerraformOutput, TerraformStack } from "cdktf";

const account = "123456789012";
const region = "us-east-1";

const app = new App();
const stack = new TerraformStack(app, "network");
awsProvider(stack, { region, account });

const vpc = new Vpc(stack, "vpc", {
  name: "shop",
  cidr: "10.0.0.0/16",
  availabilityZones: [`${region}a`, `${region}b`],
  flowLogs: { retentionDays: 14 },
});

new TerraformOutput(stack, "vpc_id", { value: vpc.vpcId });
new TerraformOutput(stack, "private_subnet_ids", {
  value: vpc.privateSubnets.map(({ subnetId }) => subnetId),
});

app.synth();
