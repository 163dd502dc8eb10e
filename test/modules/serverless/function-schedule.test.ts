import {
  ArtifactFunction,
  FunctionSchedule,
  type FunctionScheduleProps,
} from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { faultsOf, makeFunction } from "./fixtures";

const PLACE = { region: "us-east-1", account: "123456789012" };

type Scope = Parameters<typeof makeFunction>[0];

const schedule = (scope: Scope, change: Partial<FunctionScheduleProps> = {}) =>
  new FunctionSchedule(scope, "nightly", {
    ...PLACE,
    name: "groundplan-dev-api-nightly",
    function: change.function ?? makeFunction(scope),
    schedule: { expression: "cron(0 3 * * ? *)", timezone: "Europe/Berlin" },
    ...change,
  });

test("the alias is called in a time zone, again where Lambda refused, and what is left stands in an encrypted queue", () => {
  const stack = synthesized(
    (scope) => void schedule(scope, { input: { what: "report" }, flexibleMinutes: 15 }),
  );
  const alias = `\${${stack.address("aws_lambda_alias", "api/alias")}.arn}`;
  const queue = `\${${stack.address("aws_sqs_queue", "nightly/dead-letters")}.arn}`;
  expect(stack.one("aws_scheduler_schedule", "nightly/schedule")).toMatchObject({
    name: "groundplan-dev-api-nightly",
    schedule_expression_timezone: "Europe/Berlin",
    flexible_time_window: { mode: "FLEXIBLE", maximum_window_in_minutes: 15 },
    target: {
      arn: alias,
      input: '{"what":"report"}',
      retry_policy: { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 3600 },
      dead_letter_config: { arn: queue },
    },
  });
  expect(
    JSON.parse(String(stack.one("aws_iam_role_policy", "nightly/scheduler/policy").policy)).Statement,
  ).toEqual([
    { Sid: "DeadLetters", Effect: "Allow", Action: "sqs:SendMessage", Resource: queue },
    // The alias and nothing else: neither other versions, nor the function itself.
    { Sid: "Invoke", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: alias },
  ]);
});

test("a function that is there already is called by its alias", () => {
  const stack = synthesized((scope) => {
    const made = ArtifactFunction.fromFunctionAttributes(scope, "there", {
      ...PLACE,
      functionName: "mailer",
    });
    void schedule(scope, { function: made });
    made.grantInvoke("tools", { arn: "arn:aws:iam::210987654321:role/tools" });
  });
  expect(stack.one("aws_scheduler_schedule")).toMatchObject({
    target: { arn: "arn:aws:lambda:us-east-1:123456789012:function:mailer:live" },
  });
  expect(stack.one("aws_lambda_permission")).toMatchObject({ function_name: "mailer", qualifier: "live" });
  expect(stack.paths("aws_lambda_function")).toEqual([]);
});

test.each<[string, Partial<FunctionScheduleProps>, RegExp]>([
  ["a name", { name: "a b" }, /schedule name "a b" may hold only/],
  ["a schedule", { schedule: { expression: "nightly" } }, /schedule "nightly" is none/],
  ["a zone", { schedule: { expression: "rate(1 day)", timezone: "Berlin" } }, /timezone "Berlin"/],
  ["retries", { retries: 186 }, /retries is 186/],
  ["an age", { maxAgeSeconds: 59 }, /maxAgeSeconds is 59/],
  ["a window", { flexibleMinutes: 0 }, /flexibleMinutes is 0/],
])("%s that EventBridge Scheduler refuses fails the synth", (_, change, message) => {
  expect(faultsOf((scope) => void schedule(scope))).toBe("");
  expect(faultsOf((scope) => void schedule(scope, change))).toMatch(message);
});

test("planted fault: a function that is there is named by its ARN, or in no account", () => {
  const said = (change: object) =>
    faultsOf(
      (scope) =>
        void ArtifactFunction.fromFunctionAttributes(scope, "there", {
          ...PLACE,
          functionName: "mailer",
          ...change,
        }),
    );
  expect(said({})).toBe("");
  expect(said({ functionName: "arn:aws:lambda:us-east-1:123456789012:function:mailer" })).toMatch(
    /may hold only/,
  );
  expect(said({ account: "12" })).toMatch(/account "12" has not 12 digits/);
  expect(said({ timeoutSeconds: 901 })).toMatch(/timeoutSeconds is 901/);
});
