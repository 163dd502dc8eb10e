import { Grantable, WorkloadRole } from "@groundplan/modules/identity";
import { ArtifactFunction } from "@groundplan/modules/serverless";
import { FargateService, FargateTask, ScheduledTask } from "@groundplan/modules/service";
import { type Synthesized, synthesized } from "../network/synthesized";
import { makeFunction } from "../serverless/fixtures";
import { faultsOf, SERVICE } from "../service/made";
import { podWith } from "./roles";

const QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/1";

const grants = (prototype: object) =>
  Object.getOwnPropertyNames(prototype).filter((name) => /^grant[A-Z]/.test(name));

/** What was granted, by whichever role: the statements of all its policies that have one of the actions. */
const granted = (stack: Synthesized, action: string) =>
  Object.values(stack.all("aws_iam_role_policy"))
    .flatMap(({ policy }) => JSON.parse(String(policy)).Statement)
    .filter(({ Action }) => [Action].flat().includes(action))
    .map(({ Sid: _, ...statement }) => statement);

test("functions, tasks and pods are granted rights by the same methods, and nobody has a twin of one", () => {
  expect(grants(Grantable.prototype)).toContain("grantReadSecret");
  for (const kind of [WorkloadRole, ArtifactFunction, FargateTask, FargateService, ScheduledTask]) {
    expect(kind.prototype).toBeInstanceOf(Grantable);
    const own = grants(kind.prototype).filter((name) => name in Grantable.prototype);
    expect([kind.name, own]).toEqual([kind.name, []]);
  }
});

test("planted fault: a class with a grant of its own is found", () => {
  class Twin extends ArtifactFunction {
    override grantSend(): void {}
  }
  expect(grants(Twin.prototype).filter((name) => name in Grantable.prototype)).toEqual(["grantSend"]);
});

const { route: _, ...task } = SERVICE;

test.each<[string, (use: (made: Grantable) => void) => Synthesized]>([
  ["pods", (use) => podWith({}, use)],
  ["a function", (use) => synthesized((scope) => use(makeFunction(scope)))],
  ["a service", (use) => synthesized((scope) => use(new FargateService(scope, "made", task)))],
  ["a task", (use) => synthesized((scope) => use(new FargateTask(scope, "made", task)))],
  [
    "a scheduled task",
    (use) =>
      synthesized((scope) =>
        use(new ScheduledTask(scope, "made", { ...task, schedule: { expression: "rate(1 hour)" } })),
      ),
  ],
])("%s may do what was granted, and nothing else of it", (_, made) => {
  const stack = made((grantee) => {
    grantee.grantReceive("jobs", QUEUE);
    grantee.grantDecrypt("jobs", KEY);
  });
  expect(granted(stack, "sqs:ReceiveMessage")).toEqual([
    {
      Effect: "Allow",
      Action: [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
      ],
      Resource: QUEUE,
    },
  ]);
  expect(granted(stack, "kms:Decrypt")).toEqual([
    { Effect: "Allow", Action: ["kms:Decrypt"], Resource: KEY },
  ]);
});

test("planted fault: a task is granted more than one resource", () => {
  const give = (arn: string) =>
    faultsOf((scope) => new FargateService(scope, "made", task).grantSend("jobs", arn));
  expect(give(QUEUE)).toBe("");
  expect(give("arn:aws:sqs:us-east-1:123456789012:*")).toContain("is not the ARN of a resource");
});
