import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { awsProvider } from "@groundplan/modules/core";
import { backendFor, STATE_STACK_KEY, StateBackend } from "@groundplan/modules/state";
import { App, TerraformOutput, TerraformStack } from "cdktf";

const where = { platform: "shop", account: "123456789012", region: "us-east-1" };

const app = new App();

// New: the bucket that all states lie in, its own too.
const state = new TerraformStack(app, "state");
awsProvider(state, where);
new StateBackend(state, "terraform", { ...where, locking: "s3" });
backendFor(state, { ...where, locking: "s3", key: STATE_STACK_KEY });

// The stack that was there.
const orders = new TerraformStack(app, "orders");
new AwsProvider(orders, "aws", { region: where.region });
orders.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
const topic = new SnsTopic(orders, "placed", { name: "orders-placed" });
new TerraformOutput(orders, "topic_arn", { value: topic.arn });

// New: the one line that every stack gets.
backendFor(orders, { ...where, locking: "s3", key: "orders/terraform.tfstate" });

app.synth();
