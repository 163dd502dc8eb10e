import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MISSING, type MissingCall } from "../../local/services/missing";
import { builtLocal } from "../built-local";
import { type Emulator, startEmulator } from "../emulator";
import { LentProvider } from "../lent-provider";
import { Configuration } from "./configuration";

/**
 * Small configurations of all services in one root module, by the real Terraform and AWS provider. What the provider itself
 * waits a minute for on AWS too (instances of RDS, load balancers, distributions) is in `*.nightly.tf`: nightly.yml runs those.
 */
const FOLDER = join(__dirname, "conformance");
const isWhole = process.env.GROUNDPLAN_CONFORMANCE === "all";
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".tf") && (isWhole || !name.endsWith(".nightly.tf")))
  .map((name) => join(FOLDER, name));

const CHANGED = "-var=rev=2";

let emulator: Emulator;
let provider: LentProvider;
let configuration: Configuration;
let endpoint: string;

beforeAll(async () => {
  emulator = await startEmulator({ persist: true });
  endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
  // S3 Control's clients put the account before the address, which no resolver knows: they come by the gateway as their proxy.
  const environment = { ...emulator.environment, HTTP_PROXY: endpoint };
  provider = new LentProvider(environment);
  configuration = new Configuration(environment, provider);
  await configuration.useFiles(FILES);
});

afterAll(async () => {
  configuration?.remove();
  await provider?.stop();
  await emulator?.stop();
});

/** Sends a request that is signed for a service, in whose name is nobody's matter here. */
async function call(
  service: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const authorization = `AWS4-HMAC-SHA256 Credential=groundplan-local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("the configurations of all services", () => {
  test("apply, and nothing is left to do; no check fails", async () => {
    const output = await configuration.apply();
    expect(output).not.toMatch(/^Warning:/m);
    const { code, output: second } = await configuration.plan();
    expect({ code, second: code === 0 ? "" : second }).toEqual({ code: 0, second: "" });
  });

  test("are kept over a snapshot that is loaded and over a restart: nothing is left to do", async () => {
    const { stateDirectory } = emulator;
    const running = JSON.stringify({ stateDirectory });
    await builtLocal(`local.saveSnapshot("applied", ${running})`);
    await builtLocal(`local.reset(${running})`);
    await builtLocal(`local.loadSnapshot("applied", ${running})`);
    await builtLocal(`local.down(${running})`);
    // At the same port, which the provider knows already.
    const again = JSON.stringify({ stateDirectory, port: Number(new URL(endpoint).port) });
    await builtLocal(`local.up(${again})`);
    const { code, output: plan } = await configuration.plan();
    expect({ code, plan: code === 0 ? "" : plan }).toEqual({ code: 0, plan: "" });
  });

  test("each qualifier of a function has its own policy, with one statement", async () => {
    for (const qualifier of ["1", "live"]) {
      const { text } = await call(
        "lambda",
        "GET",
        `/2015-03-31/functions/greeter/policy?Qualifier=${qualifier}`,
      );
      const { Statement: statements } = JSON.parse(JSON.parse(text).Policy);
      expect(statements).toMatchObject([
        { Sid: "topic", Resource: expect.stringMatching(`:greeter:${qualifier}$`) },
      ]);
    }
    expect(await call("lambda", "GET", "/2015-03-31/functions/greeter/policy")).toMatchObject({
      status: 404,
    });
  });

  test("planted fault: a state machine that starts nowhere is refused", async () => {
    const { text } = await call(
      "states",
      "POST",
      "/",
      {
        "x-amz-target": "AWSStepFunctions.ValidateStateMachineDefinition",
        "content-type": "application/x-amz-json-1.0",
      },
      JSON.stringify({
        definition: JSON.stringify({ StartAt: "Nowhere", States: { Hello: { Type: "Pass", End: true } } }),
      }),
    );
    expect(JSON.parse(text)).toMatchObject({ result: "FAIL" });
  });

  test("change, and nothing is left to do", async () => {
    const output = await configuration.apply(CHANGED);
    expect(output).not.toMatch(/^Warning:/m);
    expect(output).toMatch(/[1-9]\d* changed/);
    const { code, output: second } = await configuration.plan(CHANGED);
    expect({ code, second: code === 0 ? "" : second }).toEqual({ code: 0, second: "" });
  });

  test("the new version of the launch template has started one instance refresh", async () => {
    const body = "Action=DescribeInstanceRefreshes&Version=2011-01-01&AutoScalingGroupName=crew";
    const { text } = await call("autoscaling", "POST", "/", FORM, body);
    expect(text.match(/<InstanceRefreshId>/g)).toHaveLength(1);
    expect(text).toContain("<Status>Successful</Status>");
  });

  test("are destroyed", async () => {
    expect(await configuration.destroy(CHANGED)).toMatch(/Destroy complete! Resources: [1-9]\d* destroyed/);
  });
});

describe("what is missing", () => {
  /** Versions of the query protocols' APIs; of the rest, the protocol is JSON. */
  const QUERY = ["ec2", "autoscaling", "iam", "elasticache", "monitoring", "elasticloadbalancing"];

  function ask({ service, operation, request }: MissingCall): ReturnType<typeof call> {
    if (request) {
      const path = request.path.replaceAll("*", "some-name");
      return call(service, request.method, request.query ? `${path}?${request.query}` : path);
    }
    if (QUERY.includes(service))
      return call(service, "POST", "/", FORM, `Action=${operation}&Version=2016-11-15`);
    return call(
      service,
      "POST",
      "/",
      { "x-amz-target": `Some.${operation}`, "content-type": "application/x-amz-json-1.1" },
      "{}",
    );
  }

  test("each call of the list is refused at once as unsupported, and by name", async () => {
    for (const missing of MISSING) {
      const { status, text } = await ask(missing);
      expect([missing.operation, status, text]).toEqual([
        missing.operation,
        400,
        expect.stringContaining(missing.what),
      ]);
    }
  });

  test("a call that MiniStack does not know is refused in the same way", async () => {
    const target = {
      "x-amz-target": "Logs_20140328.NoSuchCall",
      "content-type": "application/x-amz-json-1.1",
    };
    expect(await call("logs", "POST", "/", target, "{}")).toMatchObject({
      status: 400,
      text: expect.stringMatching(/UnsupportedOperation.*\(ministack\) cannot answer logs NoSuchCall/),
    });
  });
});
