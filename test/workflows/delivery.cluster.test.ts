import { build } from "../cli/groundplan";
import { succeeded } from "./act-run";
import { DeliveryPipeline } from "./delivery-pipeline";

let pipeline: DeliveryPipeline;

beforeAll(async () => {
  build();
  pipeline = new DeliveryPipeline();
  await pipeline.start();
});

afterAll(() => pipeline?.stop());

/** What everybody was told since the last look. */
function told() {
  const slack = pipeline.slack.bodies.splice(0).map(({ text }) => text);
  const pagerDuty = pipeline.pagerDuty.bodies.splice(0).map((body) => {
    const { severity, class: name } = (body.payload ?? {}) as { severity?: string; class?: string };
    return { action: body.event_action, key: body.dedup_key, severity, name };
  });
  return { slack, pagerDuty };
}

const imageOf = (environment: string, digest: string | undefined) =>
  `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/${environment}/app@${digest}`;

test("a merge into develop is built, scanned, published, set in Git, waited for and told", async () => {
  pipeline.change("1");
  const { jobs } = succeeded(await pipeline.dev(1));
  expect(jobs).toEqual({ build: "success", publish: "success", deploy: "success", notify: "success" });
  expect(pipeline.pinned("dev")).toMatch(/^sha256:/);
  expect(await pipeline.image("dev")).toBe(imageOf("dev", pipeline.pinned("dev")));
  // The smoke test has asked two addresses.
  expect(pipeline.callers.asked).toBe(2 * 10);
  const version = pipeline.pinned("dev")?.slice(0, "sha256:".length + 12);
  expect(told()).toEqual({ slack: [`✅ Deploy succeeded: app in dev, ${version}`], pagerDuty: [] });
});

test("planted: an image with a critical finding is not published, and nothing of it comes into Git", async () => {
  const before = pipeline.pinned("dev");
  pipeline.change("vulnerable");
  const { code, jobs } = await pipeline.dev(2, [{ id: "CVE-2026-1001", severity: "CRITICAL" }]);
  expect(code).not.toBe(0);
  expect(jobs).toEqual({ build: "failure", notify: "success" });
  expect(pipeline.pinned("dev")).toBe(before);
  expect(told()).toEqual({
    slack: [expect.stringMatching(/^🔴 Deploy failed: app in dev, /)],
    pagerDuty: [],
  });
});

test("a tag promotes what runs in dev by its digest, through the canary and the tests, and ends the alert", async () => {
  const asked = pipeline.callers.asked;
  const { jobs } = succeeded(await pipeline.prod(3, "v1.0.0"));
  expect(jobs).toEqual({
    approve: "success",
    promote: "success",
    canary: "success",
    integration: "success",
    notify: "success",
  });
  expect(pipeline.pinned("prod")).toBe(pipeline.pinned("dev"));
  expect(await pipeline.image("prod")).toBe(imageOf("prod", pipeline.pinned("dev")));
  // The integration tests ask two addresses beside the metrics.
  expect(pipeline.callers.asked - asked).toBe(2 * 50);
  expect(told()).toEqual({
    slack: ["✅ Deploy succeeded: app in prod, v1.0.0"],
    pagerDuty: [{ action: "resolve", key: "groundplan/prod/app/delivery" }],
  });
});

test("what fails its tests is rolled back in Git and in the cluster, and pages once", async () => {
  const stable = pipeline.pinned("prod");
  pipeline.change("2");
  succeeded(await pipeline.dev(4));
  expect(pipeline.pinned("dev")).not.toBe(stable);
  told();

  pipeline.callers.failing = { ofTen: 2 };
  const { code, jobs } = await pipeline.prod(5, "v2.0.0");
  expect(code).not.toBe(0);
  expect(jobs).toEqual({
    approve: "success",
    promote: "success",
    canary: "success",
    integration: "failure",
    rollback: "success",
    notify: "success",
  });
  expect(pipeline.pinned("prod")).toBe(stable);
  expect(pipeline.lastMessage("prod")).toContain("v2.0.0 failed its canary or its tests");
  expect(await pipeline.image("prod")).toBe(imageOf("prod", stable));
  expect(told()).toEqual({
    slack: ["🔴 Rolled back: app in prod, v2.0.0"],
    pagerDuty: [
      {
        action: "trigger",
        key: "groundplan/prod/app/delivery",
        severity: "critical",
        name: "rolled-back",
      },
    ],
  });
});
