import fc from "fast-check";
import { EVENTS, type Event, type EventName } from "../../../cli/notify/messages";
import { dedupKey, pagerDutyEvent } from "../../../cli/notify/pagerduty";
import { slackMessage } from "../../../cli/notify/slack";
import { slackFault } from "./receiver";

const NAMES = Object.keys(EVENTS) as EventName[];

function event(more: Partial<Event> = {}): Event {
  return { name: "deploy-succeeded", environment: "prod", service: "app", details: [], ...more };
}

test("says what happened where, with the digest cut and the run linked", () => {
  const { text, blocks } = slackMessage(
    event({
      version: `sha256:${"a".repeat(64)}`,
      revision: "b".repeat(40),
      reason: "all checks passed",
      runUrl: "https://github.com/o/r/actions/runs/1",
      details: [["Duration", "58 s"]],
    }),
  );
  expect(text).toBe("✅ Deploy succeeded: app in prod, sha256:aaaaaaaaaaaa");
  const all = JSON.stringify(blocks);
  expect(all).toContain("*Commit*\\nbbbbbbbbbbbb");
  expect(all).toContain("*Duration*\\n58 s");
  expect(all).toContain("<https://github.com/o/r/actions/runs/1|Run>");
  expect(JSON.stringify(slackMessage(event()).blocks)).not.toContain("undefined");
});

test("what others wrote calls nobody and leads nowhere", () => {
  const evil = "<!channel> <https://evil.example|all is well> & more";
  const message = slackMessage(
    event({
      service: evil,
      reason: evil,
      by: evil,
      details: [[evil, evil]],
      runUrl: `https://ok.example/>${evil}`,
    }),
  );
  const mrkdwn = JSON.stringify(message, (_key, value) => (value?.type === "plain_text" ? undefined : value));
  expect(message.text).toContain("&lt;!channel&gt; &lt;https://evil.example|all is well&gt; &amp; more");
  expect(mrkdwn).not.toMatch(/<!channel>|<https:\/\/evil/);
  expect(mrkdwn).toContain("<https://ok.example/%3E%3C!channel%3E");
});

test("whatever stands in an event, Slack and PagerDuty take it", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 5000 });
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 });
  const details = fc.array(fc.tuple(name, text), { maxLength: 40 });
  const record = {
    name: fc.constantFrom(...NAMES),
    environment: name,
    service: name,
    version: text,
    reason: text,
    details,
  };
  fc.assert(
    fc.property(fc.record(record), (made) => {
      const sent = slackMessage({ ...made, reason: made.reason || "-" });
      expect(slackFault({ ...sent })).toBeUndefined();
      const alert = pagerDutyEvent(made, { severity: "critical", resolve: false });
      const payload = alert.payload as { summary: string; source: string };
      expect(Math.max([...payload.summary].length, [...payload.source].length * 4)).toBeLessThanOrEqual(1024);
      expect(alert.dedup_key.length).toBeLessThanOrEqual(255);
    }),
    { numRuns: 200 },
  );
});

test("one key for all that goes wrong with a delivery, another for scans, and a success resolves it", () => {
  const keys = NAMES.map((name) => [name, dedupKey(event({ name, reason: String(Math.random()) }))]);
  expect(Object.fromEntries(keys)).toMatchObject({
    "deploy-failed": "groundplan/prod/app/delivery",
    "rolled-back": "groundplan/prod/app/delivery",
    "canary-aborted": "groundplan/prod/app/delivery",
    "scan-found": "groundplan/prod/app/scan",
  });
  const resolved = { event_action: "resolve", dedup_key: "groundplan/prod/app/delivery" };
  expect(pagerDutyEvent(event(), { severity: "critical" })).toEqual(resolved);
  expect(
    pagerDutyEvent(event({ name: "rolled-back" }), { severity: "error", dedupKey: "own" }),
  ).toMatchObject({
    event_action: "trigger",
    dedup_key: "own",
    payload: { severity: "error", summary: "Rolled back: app in prod", class: "rolled-back" },
  });
  const long = event({ service: "s".repeat(300), name: "rolled-back" });
  expect(dedupKey(long)).toHaveLength(255);
  expect(dedupKey(long)).not.toBe(dedupKey({ ...long, service: `${long.service}2` }));
});
