import { ArtifactBucket, artifactPin } from "@groundplan/modules/artifact";
import { awsProvider, publish } from "@groundplan/modules/core";
import { ArtifactFunction, HttpApi, serviceContract } from "@groundplan/modules/serverless";
import { backendFor, STATE_STACK_KEY, StateBackend, stateKey } from "@groundplan/modules/state";
import { App, TerraformOutput, TerraformStack } from "cdktf";

const platform = "greeter";
const account = "123456789012";
const region = "us-east-1";
const place = { platform, environment: "dev" };

const app = new App();

// What `groundplan bootstrap` deploys first: the state of all stacks, and the artifacts of all services.
const state = new TerraformStack(app, "state");
awsProvider(state, { region, account });
new StateBackend(state, "terraform", { platform, account, region });
backendFor(state, { platform, account, region, key: STATE_STACK_KEY });
const artifacts = new ArtifactBucket(state, "artifacts", { platform, account, region });
new TerraformOutput(state, "artifact_bucket", { value: artifacts.bucketName, staticId: true });

const stack = new TerraformStack(app, "dev-api");
awsProvider(stack, { region, account });
backendFor(stack, { platform, account, region, key: stateKey("dev", "api") });

const made = new ArtifactFunction(stack, "function", {
  functionName: "greeter-dev-api",
  description: "Greets",
  region,
  account,
  // The folder services/api, as `groundplan artifact` has published and pinned it.
  artifact: artifactPin(stack, place, "api"),
  deadLetters: "none",
});
const api = new HttpApi(stack, "http", {
  name: "greeter-dev-api",
  description: "Greets",
  routes: [{ route: "GET /hello/{name}", function: made, access: "public" }],
  throttling: { ratePerSecond: 10, burst: 20 },
});

// What `groundplan artifact deploy` and `rollback` go by.
publish(stack, place, serviceContract("api"), {
  functionName: made.functionName,
  aliasArn: made.aliasArn,
  url: api.url,
  alarmNames: [...made.alarmNames, ...api.alarmNames],
  canaryPercent: 100,
  canaryMinutes: 0,
});
new TerraformOutput(stack, "invoke_url", { value: api.url, staticId: true });

app.synth();
