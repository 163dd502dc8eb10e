import { awsProvider } from "@groundplan/modules/core";
import { WorkloadRole } from "@groundplan/modules/identity";
import {
  ArtifactFunction,
  FunctionSchedule,
  FunctionUrl,
  HttpApi,
  Queue,
  QueueSource,
  StreamSource,
} from "@groundplan/modules/serverless";
import { TerraformStack, Testing } from "cdktf";
import { FUNCTION, makeFunction } from "../modules/serverless/fixtures";

const PLACE = { region: "us-east-1", account: "123456789012" };
const IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/guard@sha256:${"b".repeat(64)}`;

/**
 * Functions with everything that calls them and everything that they can have, which no stack of the repository has, as JSON.
 *
 * @param versions - of the AWS provider that the stack takes.
 */
export function functionsConfiguration(versions?: string): string {
  const stack = new TerraformStack(Testing.app(), "functions");
  awsProvider(stack, { ...PLACE, versions });
  const made = makeFunction(stack, {
    layers: ["arn:aws:lambda:us-east-1:123456789012:layer:tools:3"],
    provisionedConcurrency: { min: 1, max: 5 },
  });
  const guard = new ArtifactFunction(stack, "guard", {
    ...FUNCTION,
    functionName: "groundplan-dev-guard",
    artifact: { image: IMAGE, command: ["guard.handler"] },
  });
  const queue = new Queue(stack, "queue", { queueName: "orders.fifo" });
  new QueueSource(stack, "orders", { function: made, queue, maxConcurrency: 2, filters: [{ body: ["x"] }] });
  const streamArn = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";
  new StreamSource(stack, "clicks", { function: made, service: "kinesis", streamArn, maxAgeSeconds: 3600 });
  new FunctionSchedule(stack, "nightly", {
    ...PLACE,
    name: "nightly",
    function: ArtifactFunction.fromFunctionAttributes(stack, "there", { ...PLACE, functionName: "mailer" }),
    schedule: { expression: "cron(0 3 * * ? *)", timezone: "Europe/Berlin" },
    flexibleMinutes: 15,
    input: { what: "report" },
  });
  new FunctionUrl(stack, "address", {
    function: made,
    cors: { origins: ["https://app.example.com"] },
    invokerArns: ["arn:aws:iam::210987654321:role/caller"],
  });
  const listenerArn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/1/2";
  new HttpApi(stack, "http", {
    name: "shop",
    description: "The shop",
    throttling: { ratePerSecond: 50, burst: 100 },
    vpcLink: { vpcId: "vpc-1", vpcCidr: "10.0.0.0/16", subnetIds: ["subnet-1"] },
    authorizer: { function: guard, cacheSeconds: 60 },
    routes: [
      { route: "GET /mine", function: made, access: "function" },
      {
        route: "GET /shop",
        service: { name: "shop", listenerArn, serverName: "shop.example.com" },
        access: "iam",
      },
    ],
    domain: {
      name: "shop.example.com",
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
      hostedZoneId: "Z1",
    },
  });
  WorkloadRole.fromRoleAttributes(stack, "role", {
    roleName: "reports",
    account: PLACE.account,
  }).grantReceive("orders", queue.queueArn);
  return Testing.synth(stack);
}
