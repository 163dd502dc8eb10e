import { HOURS, known, NO_PARTS, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";

const lambda: Pricing = {
  assumes: ["free tiers are not counted; GB-seconds of the first 6 billion a month"],
  usage: (values) => [
    { name: "requests", means: "requests a month", price: "lambda/million-requests", units: 1e-6 },
    { name: "gb_seconds", means: "GB-seconds a month", price: `lambda/${architectureOf(values)}/gb-second` },
  ],
  parts: NO_PARTS,
};

function architectureOf(values: Values): "arm" | "x86" {
  return values.given.texts("architectures").includes("arm64") ? "arm" : "x86";
}

const warmInstances: Pricing = {
  assumes: [
    "instances are kept warm all month, as many as at first: autoscaling is not counted, and what they do is not either",
  ],
  parts: (values, around) => {
    const definition = around.linked("function_name", "aws_lambda_function");
    if (!definition) throw new NotKnown("its function is not in the plan");
    const count = values.number("provisioned_concurrent_executions") ?? 0;
    const gigabytes = (definition.number("memory_size") ?? 128) / 1024;
    return [
      {
        name: "instances kept warm",
        quantity: known(count * gigabytes * HOURS * 3600),
        unit: "GB-seconds",
        price: `lambda/${architectureOf(definition)}/warm-gb-second`,
      },
    ];
  },
};

const api: Pricing = {
  assumes: ["HTTP APIs, the first 300 million requests a month, of up to 512 KB"],
  usage: (values) =>
    values.text("protocol_type") === "HTTP"
      ? [
          {
            name: "requests",
            means: "requests a month",
            price: "api-gateway/http/million-requests",
            units: 1e-6,
          },
        ]
      : [],
  parts: NO_PARTS,
};

const queue: Pricing = {
  assumes: ["free tiers are not counted"],
  usage: (values) => [
    {
      name: "requests",
      means: "requests a month, each 64 KB one",
      price: `sqs/${values.is("fifo_queue") ? "fifo" : "standard"}/million-requests`,
      units: 1e-6,
    },
  ],
  parts: NO_PARTS,
};

const topic: Pricing = {
  assumes: ["deliveries to mail, mobiles and addresses are not counted"],
  usage: (values) =>
    values.is("fifo_topic")
      ? []
      : [{ name: "requests", means: "requests a month", price: "sns/million-requests", units: 1e-6 }],
  parts: NO_PARTS,
};

/** What is billed by use alone. */
export const SERVERLESS: Readonly<Record<string, Pricing>> = {
  aws_lambda_function: lambda,
  aws_lambda_provisioned_concurrency_config: warmInstances,
  aws_apigatewayv2_api: api,
  aws_sqs_queue: queue,
  aws_sns_topic: topic,
};
