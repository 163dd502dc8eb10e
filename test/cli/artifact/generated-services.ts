import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetAliasCommand, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Copy } from "../../adoption/copy";
import { runNew } from "../../adoption/steps";
import { succeeded } from "../../stacks/cdktf-project";
import type { Flow } from "./flow";

const ROOT = join(__dirname, "..", "..", "..");

/** Milliseconds within which a message is worked on, or a schedule of each minute fires; a first call waits until its function is started. */
const LIMIT = 120_000;

/** Services that the generators wrote, with their stacks, in the project of a flow. */
export class GeneratedServices {
  private constructor(
    private readonly flow: Flow,
    private readonly copy: Copy,
  ) {}

  /** Writes them as a team does, builds their stacks, and has the project synthesize these, too. */
  static async write(flow: Flow, services: readonly (readonly string[])[]): Promise<GeneratedServices> {
    const copy = new Copy();
    // What is compiled already is not compiled again.
    for (const built of ["dist", "tsconfig.tsbuildinfo"])
      for (const folder of [".", "modules"])
        if (existsSync(join(ROOT, folder, built)))
          cpSync(join(ROOT, folder, built), join(copy.path, folder, built), { recursive: true });
    for (const service of services) {
      const { code, output } = await runNew(copy, "service", ...service);
      succeeded({ code, output, stdout: output });
      const name = service[0] ?? "";
      const source = join("services", name);
      if (service.includes("go")) forThisMachine(copy, name);
      // Each night is too late for a test.
      if (service.includes("schedule"))
        copy.edit(`stacks/${name}.ts`, ["cron(0 2 * * ? *)", "rate(1 minute)"]);
      cpSync(join(copy.path, source), join(flow.project.path, source), { recursive: true });
    }
    const { code, output } = await copy.run("node_modules/typescript/bin/tsc", "-b", ".");
    succeeded({ code, output, stdout: output });
    const main = join(flow.project.path, "main.js");
    const text = readFileSync(main, "utf8");
    const theirs = text.replace(JSON.stringify(join(ROOT, "dist", "stacks")), () =>
      JSON.stringify(join(copy.path, "dist", "stacks")),
    );
    expect(theirs).not.toBe(text);
    writeFileSync(main, theirs);
    return new GeneratedServices(flow, copy);
  }

  /** Changes a source of a service of the project. */
  change(service: string, file: string, from: string, to: string): void {
    const path = join(this.flow.project.path, "services", service, file);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }

  /** Puts messages into the queue of a stack, in one batch. */
  async send(stack: string, ...bodies: readonly string[]): Promise<void> {
    const url = succeeded(await this.flow.project.terraform(stack, "output", "-raw", "queue_url")).trim();
    const Entries = bodies.map((MessageBody, at) => ({ Id: `m${at}`, MessageBody }));
    const { Failed = [] } = await new SQSClient(this.place).send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries }),
    );
    expect(Failed).toEqual([]);
  }

  /** Waits until the log of a function has all these lines. */
  async logged(functionName: string, ...lines: readonly RegExp[]): Promise<void> {
    const logs = new CloudWatchLogsClient(this.place);
    const read = new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${functionName}` });
    const end = Date.now() + LIMIT;
    for (;;) {
      const { events = [] } = await logs.send(read);
      const text = events.map(({ message = "" }) => message).join("\n");
      const missing = lines.filter((line) => !line.test(text));
      if (missing.length === 0) return;
      if (Date.now() > end) throw new Error(`${functionName} has not logged ${missing.join(", ")}\n${text}`);
      await sleep(250);
    }
  }

  /** Hash of the code that all callers of a function get. */
  async callersGet(functionName: string): Promise<string | undefined> {
    const lambda = new LambdaClient(this.place);
    const { RoutingConfig } = await lambda.send(
      new GetAliasCommand({ FunctionName: functionName, Name: "live" }),
    );
    expect(RoutingConfig?.AdditionalVersionWeights ?? {}).toEqual({});
    const get = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: "live" });
    return (await lambda.send(get)).CodeSha256;
  }

  remove(): void {
    this.copy.remove();
  }

  private get place() {
    const credentials = { accessKeyId: "123456789012", secretAccessKey: "any" };
    return { endpoint: this.flow.endpoint, region: "us-east-1", credentials };
  }
}

/** A program for ARM does not run on an Intel machine: service and stack say this one's processor, as the documentation says. */
function forThisMachine(copy: Copy, name: string): void {
  if (arch() === "arm64") return;
  copy.edit(`services/${name}/groundplan.json`, ["{ ", '{ "architecture": "x86_64", ']);
  copy.edit(`stacks/${name}.ts`, ['runtime: "provided', 'architecture: "x86_64", runtime: "provided']);
}
