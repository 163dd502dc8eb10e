import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, TerraformStack } from "cdktf";

// Any CDKTF app will do: the command line reads what it synthesizes, and needs no construct of Groundplan.
const app = new App();
const stack = new TerraformStack(app, "orders");
new AwsProvider(stack, "aws", { region: "us-east-1" });
// The bindings ask for one exact version of the provider. With a range, the lock file decides.
stack.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
new SqsQueue(stack, "placed", { name: "orders-placed", messageRetentionSeconds: 345_600 });

app.synth();
