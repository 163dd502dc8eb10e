import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { moneyWords } from "../../../cli/cost/money";
import { readUsage, type Usage, usedBy } from "../../../cli/cost/usage";
import { temporaryFolder } from "../../temporary-folder";
import { created, priced, priceOfOne } from "./made";

const file = (text: string) => {
  const path = join(temporaryFolder("usage"), "usage.yml");
  writeFileSync(path, text);
  return path;
};
const usageOf = (resources: Usage["resources"]): Usage => ({ version: 1, resources });

describe("a usage file", () => {
  test("is YAML or JSON", () => {
    const expected = usageOf({ aws_nat_gateway: { data_processed_gb: 100 } });
    expect(
      readUsage(file("version: 1\nresources:\n  aws_nat_gateway:\n    data_processed_gb: 100\n")),
    ).toEqual(expected);
    expect(readUsage(file(JSON.stringify(expected)))).toEqual(expected);
  });

  test.each([
    ["", "must be object"],
    ["version: 2\nresources: {}", "/version must be equal to constant"],
    ["version: 1", "must have required property 'resources'"],
    ["version: 1\nresources: {a: {b: -1}}", "/resources/a/b must be >= 0"],
    ["version: 1\nresources: {a: {b: many}}", "/resources/a/b must be number"],
    ["version: 1\nresources: {'*a*b*c*d*e*': {b: 1}}", "/resources must NOT have additional properties"],
    ["version: 1\nresources: {}\nmore: 1", "must NOT have additional properties"],
    ["version: 1\nresources: [", "Flow sequence in block collection must be"],
    [
      "a: &a [1,2]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]",
      "Excessive alias count",
    ],
  ])("refuses %j", (text, why) => {
    expect(() => readUsage(file(text))).toThrow(why);
  });

  test("says which file is missing", () => {
    expect(() => readUsage("/nowhere/usage.yml")).toThrow("cannot read the usage file /nowhere/usage.yml");
  });
});

describe("usage", () => {
  test("is added to what is fixed", () => {
    const usage = usageOf({ aws_nat_gateway: { data_processed_gb: 100 } });
    expect(priceOfOne("aws_nat_gateway", {}).byUse).toEqual(["data_processed_gb"]);
    const { after, byUse } = priceOfOne("aws_nat_gateway", {}, { usage });
    expect(byUse).toEqual([]);
    // $32.85 and 100 GB at $0.045.
    expect(after && moneyWords(after)).toBe("$37.35");
  });

  test("makes a price of what is billed by use alone", () => {
    const usage = usageOf({ aws_lambda_function: { requests: 3_000_000, gb_seconds: 1_000_000 } });
    expect(priceOfOne("aws_lambda_function", {})).toMatchObject({
      status: "usage",
      after: { low: 0, high: 0 },
    });
    const { status, after } = priceOfOne("aws_lambda_function", {}, { usage });
    expect(status).toBe("priced");
    // Three times $0.20, and a million times $0.0000166667.
    expect(after && moneyWords(after)).toBe("$17.27");
  });

  test("none is a number too", () => {
    const usage = usageOf({ aws_sqs_queue: { requests: 0 } });
    expect(priceOfOne("aws_sqs_queue", {}, { usage })).toMatchObject({ status: "priced", byUse: [] });
  });

  test("the more exact name counts", () => {
    const usage = usageOf({
      aws_sqs_queue: { requests: 1 },
      "aws_sqs_queue.*": { requests: 2 },
      "aws_sqs_queue.jobs*": { requests: 3 },
      "aws_sqs_queue.jobs": { requests: 4 },
    });
    const used = (address: string) => usedBy(usage, address, "aws_sqs_queue", "requests");
    expect(["jobs", "jobs-late", "other"].map((name) => used(`aws_sqs_queue.${name}`))).toEqual([4, 3, 2]);
    expect(used("module.a.aws_sqs_queue.x")).toBe(1);
    expect(usedBy(usage, "aws_sqs_queue.jobs", "aws_sqs_queue", "constructor")).toBeUndefined();
  });

  test("a schedule's tasks are billed by their hours", () => {
    const usage = usageOf({ "aws_scheduler_schedule.nightly": { task_hours: 10 } });
    const { resources } = priced(
      [
        created("aws_ecs_task_definition.job", { family: "job", cpu: "1024", memory: "2048" }),
        created("aws_scheduler_schedule.nightly", {
          target: [
            { ecs_parameters: [{ task_definition_arn: "arn:aws:ecs:us-east-1:1:task-definition/job:3" }] },
          ],
        }),
      ],
      { usage },
    );
    const schedule = resources.find(({ type }) => type === "aws_scheduler_schedule");
    // Ten hours of one vCPU and 2 GB.
    expect(schedule?.after && moneyWords(schedule.after)).toBe("$0.49");
  });
});
