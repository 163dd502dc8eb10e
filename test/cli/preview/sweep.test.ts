import { LEASE, STUCK, withinLease } from "../../../cli/preview/life-cycle";
import type { Metadata, Run } from "../../../cli/preview/metadata";
import type { Stored } from "../../../cli/preview/store";
import { type SweepFacts, spare, spareUnlessOver, sweep, WARNING } from "../../../cli/preview/sweep";
import { PREVIEW, run } from "./made";

const NOW = Date.parse("2026-11-05T12:00:00.000Z");
const at = (milliseconds: number) => new Date(milliseconds).toISOString();
const DAY = 86_400_000;

const stored = (name: string, more: Partial<Metadata>): Stored => ({
  name,
  etag: "1",
  metadata: { ...PREVIEW, name, ...more },
});
const facts = (previews: readonly Stored[], more: Partial<SweepFacts> = {}): SweepFacts => ({
  previews,
  tagged: new Map(previews.map(({ name }) => [name, [`arn:aws:ecs:us-east-1:1:service/${name}`]])),
  now: NOW,
  isAlive: (one: Run) => withinLease(one, NOW),
  ...more,
});
const found = (previews: readonly Stored[], more: Partial<SweepFacts> = {}) =>
  sweep(facts(previews, more)).map(({ name, action }) => `${action} ${name}`);

test("a preview with time left is let alone", () => {
  expect(found([stored("a1", { expiresAt: at(NOW + 2 * DAY) })])).toEqual([]);
});

test("one whose time is over is destroyed, to the millisecond", () => {
  expect(found([stored("a1", { expiresAt: at(NOW) })])).toEqual(["destroy a1"]);
  expect(found([stored("a1", { expiresAt: at(NOW + 1), warnedAt: at(NOW) })])).toEqual([]);
});

test("one is warned of before it ends, once, and not when it lives for less than the warning's time", () => {
  const soon = { createdAt: at(NOW - 3 * DAY), expiresAt: at(NOW + WARNING) };
  expect(found([stored("a1", soon)])).toEqual(["warn a1"]);
  expect(found([stored("a1", { ...soon, warnedAt: at(NOW - 1) })])).toEqual([]);
  expect(found([stored("a1", { createdAt: at(NOW), expiresAt: at(NOW + DAY / 2) })])).toEqual([]);
});

test("one on which a run acts is let alone, even when its time is over", () => {
  const held = {
    status: "provisioning" as const,
    expiresAt: at(NOW - 1),
    run: run("x", "create", at(NOW - LEASE + 1)),
  };
  expect(found([stored("a1", held)])).toEqual([]);
  expect(found([stored("a1", { ...held, run: run("x", "create", at(NOW - LEASE)) })])).toEqual([
    "destroy a1",
  ]);
});

test("a destroy that has died is begun again, and one that hangs after two hours", () => {
  const destroying = (startedAt: number, renewedAt: number) =>
    stored("a1", {
      status: "destroying",
      run: { ...run("x", "destroy", at(startedAt)), renewedAt: at(renewedAt) },
    });
  expect(found([destroying(NOW - STUCK + 1, NOW)])).toEqual([]);
  expect(found([destroying(NOW - STUCK, NOW)])).toEqual(["destroy a1"]);
  expect(found([destroying(NOW - LEASE, NOW - LEASE)])).toEqual(["destroy a1"]);
});

test("a destroy that has failed is tried again though the preview has time left, after those that never failed", () => {
  const left = { expiresAt: at(NOW + 5 * DAY), updatedAt: at(NOW - 1) };
  const failed = (failure: string) => stored("a1", { ...left, status: "failed", failure });
  expect(found([failed("destroy: the VPC has dependencies")])).toEqual(["destroy a1"]);
  expect(found([failed("create: no such image")])).toEqual([]);
  expect(found([{ ...failed("destroy: x"), name: "a1" }, stored("b1", { expiresAt: at(NOW) })])).toEqual([
    "destroy b1",
    "destroy a1",
  ]);
  // It was made anew meanwhile.
  const [decided] = sweep(facts([failed("destroy: x")]));
  if (!decided?.metadata) throw new Error("nothing was found");
  const { metadata } = decided;
  expect(() => spare(decided, metadata, facts([]))).not.toThrow();
  expect(() => spare(decided, { ...metadata, status: "active" }, facts([]))).toThrow("not to be destroyed");
});

test("what was extended, or is being made anew, since the sweep looked is not destroyed", () => {
  const over = stored("a1", { expiresAt: at(NOW - 1) });
  const [decided] = sweep(facts([over]));
  if (!decided?.metadata) throw new Error("nothing was found");
  const { metadata } = decided;
  const later = facts([over], { now: NOW + DAY / 24 });
  expect(() => spare(decided, metadata, later)).not.toThrow();
  expect(() => spare(decided, { ...metadata, expiresAt: at(NOW + 7 * DAY) }, later)).toThrow(
    "preview a1 is not to be destroyed any more: it lives until 2026-11-12T12:00:00.000Z",
  );
  const pushed = {
    ...metadata,
    status: "provisioning" as const,
    run: run("x", "create", at(NOW + DAY / 24)),
  };
  expect(() => spare(decided, pushed, later)).toThrow("not to be destroyed any more");
  // A destroy that hung and was stopped meanwhile is finished.
  const hung = { ...decided, metadata: { ...metadata, status: "destroying" as const } };
  expect(() => spare(hung, { ...metadata, status: "failed", expiresAt: at(NOW + DAY) }, later)).not.toThrow();
});

test("a schedule that called ends no preview that was extended while its run waited", () => {
  const metadata = { ...PREVIEW, expiresAt: at(NOW) };
  expect(() => spareUnlessOver(metadata, NOW - 60_000)).not.toThrow();
  expect(() => spareUnlessOver(metadata, NOW - 60_001)).toThrow("not to be destroyed any more");
  expect(() => spareUnlessOver({ ...metadata, status: "destroying" }, 0)).not.toThrow();
});

test("a closed pull request is found without its event, and an unknown repository closes none", () => {
  const preview = stored("a1", { expiresAt: at(NOW + 2 * DAY), repository: "acme/shop", pullRequest: 7 });
  const open = (...pulls: readonly number[]) => new Map([["acme/shop", { pulls: new Set(pulls) }]]);
  expect(found([preview], { open: open(8) })).toEqual(["destroy a1"]);
  expect(found([preview], { open: open(7) })).toEqual([]);
  expect(found([preview], { open: new Map() })).toEqual([]);
  expect(found([preview])).toEqual([]);
});

test("one sleeps when nobody asked for it in its idle time, and not before that is over", () => {
  const active = (ago: number): Partial<Metadata> => ({
    expiresAt: at(NOW + 2 * DAY),
    sleep: { idle: "60m" },
    history: [{ at: at(NOW - ago), from: "provisioning", to: "active", by: "ana" }],
  });
  const requests = (count: number) => ({ requests: new Map([["a1", count]]) });
  expect(found([stored("a1", active(3_600_000))], requests(0))).toEqual(["sleep a1"]);
  expect(found([stored("a1", active(3_599_999))], requests(0))).toEqual([]);
  expect(found([stored("a1", active(DAY))], requests(1))).toEqual([]);
  // Nobody knows.
  expect(found([stored("a1", active(DAY))])).toEqual([]);
});

test("one sleeps outside of its hours, and wakes in them when it slept for that alone", () => {
  const preview = (status: "active" | "asleep", hours: string, reason?: string) =>
    stored("a1", {
      status,
      expiresAt: at(NOW + 2 * DAY),
      sleep: { hours, timezone: "Europe/Paris" },
      history: [
        {
          at: at(NOW - DAY),
          from: "active",
          to: status,
          by: "ana",
          ...(reason === undefined ? {} : { reason }),
        },
      ],
    });
  // It is 13:00 on a Thursday in Paris.
  expect(found([preview("active", "08:00-19:00")])).toEqual([]);
  expect(found([preview("active", "08:00-13:00")])).toEqual(["sleep a1"]);
  expect(found([preview("asleep", "13:00-19:00", "sweep: outside of its hours (13:00-19:00)")])).toEqual([
    "wake a1",
  ]);
  expect(found([preview("asleep", "13:00-19:00")])).toEqual([]);
  expect(found([preview("asleep", "14:00-19:00", "sweep: outside of its hours")])).toEqual([]);
});

test("one whose run to let it sleep was killed is woken: its address leads to a page that cannot", () => {
  const half = (at: string) =>
    stored("a1", { expiresAt: "2026-12-01T00:00:00.000Z", run: run("x", "sleep", at) });
  expect(found([half(at(NOW - LEASE))])).toEqual(["wake a1"]);
  expect(found([half(at(NOW - LEASE + 1))])).toEqual([]);
});

test("the database of one that sleeps is stopped again: RDS starts it by itself after seven days", () => {
  const preview = (status: "active" | "asleep") =>
    stored("a1", {
      status,
      expiresAt: at(NOW + 2 * DAY),
      outputs: { database: { instance: "acme-dev-a1" } },
    });
  const running = new Set(["acme-dev-a1"]);
  expect(found([preview("asleep")], { running })).toEqual(["stop a1"]);
  expect(found([preview("asleep")], { running: new Set(["acme-dev-b1"]) })).toEqual([]);
  expect(found([preview("active")], { running })).toEqual([]);
  expect(found([stored("a1", { status: "asleep", expiresAt: at(NOW + 2 * DAY) })], { running })).toEqual([]);
});

test("orphans are found both ways", () => {
  const tagged = new Map([
    ["ghost", ["arn:aws:ecs:us-east-1:1:service/ghost"]],
    ["past", ["arn:aws:ecs:us-east-1:1:task-definition/past:1"]],
  ]);
  const failed = stored("a1", { status: "failed", updatedAt: at(NOW - DAY), expiresAt: at(NOW + 3 * DAY) });
  expect(found([failed], { tagged })).toEqual(["destroy a1", "orphan ghost"]);
  // With something left of it, somebody may look at why it failed.
  expect(found([failed])).toEqual([]);
});

test("what is gone is forgotten, and what is damaged is said", () => {
  const damaged: Stored = { name: "b1", etag: "1", damaged: "it is not JSON" };
  expect(found([stored("a1", { status: "gone" }), damaged])).toEqual(["forget a1", "damaged b1"]);
});

test("a thousand previews are judged by one look at each", () => {
  const previews = Array.from({ length: 1_000 }, (_, index) =>
    stored(`p${index}`, { expiresAt: at(NOW + 2 * DAY) }),
  );
  let looks = 0;
  const tagged = new Map(previews.map(({ name }) => [name, [`arn:${name}`]]));
  const counting = new Proxy(tagged, {
    get: (target, key) => {
      if (key === "get") looks += 1;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  expect(sweep(facts(previews, { tagged: counting }))).toEqual([]);
  expect(looks).toBeLessThanOrEqual(1_000);
});
