import { requestsOf } from "../../../cli/preview/requests";
import { Receiver } from "../notify/receiver";
import { PREVIEW } from "./made";

const environment = process.env;

afterEach(() => {
  process.env = environment;
});

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 30, 12);

/** The ARN of what balances loads. */
const arn = (resource: string) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:${resource}`;

const preview = (name: string, idle: string) => ({
  ...PREVIEW,
  name,
  sleep: { idle },
  outputs: { target_group: arn(`targetgroup/${name}/0123456789abcdef`) },
});

/** Seconds since 1970 of so many minutes ago, as CloudWatch's JSON has it. */
const ago = (minutes: number) => (NOW - minutes * MINUTE) / 1000;

test("requests of a preview are the sum over all pages of CloudWatch's answer, in its own idle time", async () => {
  const cloudWatch = await Receiver.start(({ NextToken }) => ({
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.0" },
    text: JSON.stringify(
      NextToken === undefined
        ? {
            MetricDataResults: [
              { Id: "r0", StatusCode: "PartialData", Timestamps: [ago(5)], Values: [0] },
              // Before the idle time of the second, which is shorter than that of the first.
              { Id: "r1", StatusCode: "Complete", Timestamps: [ago(45)], Values: [7] },
            ],
            NextToken: "more",
          }
        : { MetricDataResults: [{ Id: "r0", StatusCode: "Complete", Timestamps: [ago(50)], Values: [3] }] },
    ),
  }));
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL: cloudWatch.url,
    AWS_ACCESS_KEY_ID: "123456789012",
    AWS_SECRET_ACCESS_KEY: "secret",
  };
  const found = await requestsOf(
    [preview("shop", "1h"), preview("docs", "30m")],
    arn("loadbalancer/app/all/0123456789abcdef"),
    "us-east-1",
    NOW,
  );
  await cloudWatch.stop();
  expect(Object.fromEntries(found)).toEqual({ shop: 3, docs: 0 });
  expect(cloudWatch.bodies.map(({ NextToken }) => NextToken)).toEqual([undefined, "more"]);
});
