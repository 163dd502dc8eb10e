import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ArgoCdValuesProps,
  argoCdValues,
  canarySeconds,
  NOTIFICATIONS_SECRET,
  SYNC_RULES,
  SYNC_TIMEOUT,
} from "@groundplan/modules/gitops";
import { parse } from "yaml";

const STEPS = [
  { weight: 10, checks: 20, seconds: 40, maxErrors: 10 },
  { weight: 50, checks: 50, seconds: 50, maxErrors: 5 },
];

const props: ArgoCdValuesProps = {
  domain: "argocd.dev.example.com",
  highAvailability: false,
  admins: ["org:platform", "org:on-call"],
  pagerDutyService: "payments",
};

test("whoever is in no group sees nothing, and admins are those of the platform", () => {
  expect(argoCdValues(props).configs.rbac).toEqual({
    "policy.default": "",
    "policy.csv": "g, org:platform, role:admin\ng, org:on-call, role:admin\n",
    scopes: "[groups]",
  });
});

test("one of each, or two with a budget and a Redis of three", () => {
  const one = argoCdValues(props);
  const two = argoCdValues({ ...props, highAvailability: true });
  expect([one.server.replicas, one.server.pdb.enabled, one.redis.enabled, one["redis-ha"].enabled]).toEqual([
    1,
    false,
    true,
    false,
  ]);
  expect([two.server.replicas, two.server.pdb.enabled, two.redis.enabled, two["redis-ha"].enabled]).toEqual([
    2,
    true,
    false,
    true,
  ]);
});

test("the tokens of Slack and PagerDuty are named and never written", () => {
  const { secret, notifiers } = argoCdValues(props).notifications;
  expect(secret).toEqual({ create: false, name: NOTIFICATIONS_SECRET });
  expect(parse(notifiers["service.slack"] ?? "")).toEqual({ token: "$slack-token" });
  expect(parse(notifiers["service.pagerdutyv2"] ?? "")).toEqual({
    serviceKeys: { payments: "$pagerduty-key-payments" },
  });
});

test("every trigger sends templates that there are, and every rule's subscription has its trigger", () => {
  const { templates, triggers } = argoCdValues(props).notifications;
  const sent = Object.values(triggers).flatMap((text) =>
    (parse(text) as { when: string; send: string[] }[]).flatMap(({ send }) => send),
  );
  for (const template of sent)
    expect(parse(templates[`template.${template}`] ?? "")).toHaveProperty("message");
  expect(Object.keys(triggers).sort()).toEqual([
    "trigger.on-health-degraded",
    "trigger.on-sync-failed",
    "trigger.on-sync-succeeded",
  ]);
  expect(Object.values(SYNC_RULES).some(({ pagerDuty }) => pagerDuty)).toBe(true);
});

test("no entry has a double quote, which CDKTF does not escape in HCL", () => {
  const { notifiers, templates, triggers } = argoCdValues(props).notifications;
  for (const text of Object.values({ ...notifiers, ...templates, ...triggers }))
    expect(text).not.toContain('"');
});

test("a sync that waits for health ends, and not before what a rollout and its canary may take", () => {
  const timeout = (more: Partial<ArgoCdValuesProps> = {}) =>
    Number(argoCdValues({ ...props, ...more }).configs.params["controller.sync.timeout.seconds"]);
  const deployment = readFileSync(join(__dirname, "../../../overlays/base/app/deployment.yaml"), "utf8");
  const { progressDeadlineSeconds } = parse(deployment).spec;
  expect(progressDeadlineSeconds).toBeGreaterThan(0);
  expect(timeout()).toBeGreaterThan(progressDeadlineSeconds);
  expect(timeout({ syncTimeout: SYNC_TIMEOUT + canarySeconds({ steps: STEPS }) })).toBe(SYNC_TIMEOUT + 90);
});
