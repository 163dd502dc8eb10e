import fc from "fast-check";
import { CliError } from "../../../cli/console/errors";
import {
  askToStop,
  begin,
  beginNew,
  end,
  extend,
  HeldError,
  isExpired,
  LEASE,
  LostError,
  laterOf,
  renew,
  STUCK,
  withinLease,
} from "../../../cli/preview/life-cycle";
import type { Metadata, Run, Status, Work } from "../../../cli/preview/metadata";
import { PREVIEW, run as runOf } from "./made";

const at = (milliseconds: number) => new Date(milliseconds).toISOString();
const NOW = at(1_000_000);
const dead = () => false;
const alive = () => true;
const preview = (status: Status, run?: Run): Metadata => ({ ...PREVIEW, status, ...(run ? { run } : {}) });
const beginning = (work: Work, id = "mine") => ({ run: runOf(id, work, NOW), by: "ana", now: NOW });

test.each<[Work, Status, Status]>([
  ["create", "gone", "provisioning"],
  ["create", "provisioning", "provisioning"],
  ["create", "active", "provisioning"],
  ["create", "asleep", "provisioning"],
  ["create", "failed", "provisioning"],
  ["destroy", "provisioning", "destroying"],
  ["destroy", "active", "destroying"],
  ["destroy", "asleep", "destroying"],
  ["destroy", "destroying", "destroying"],
  ["destroy", "failed", "destroying"],
  ["sleep", "active", "active"],
  ["wake", "asleep", "asleep"],
])("%s begins from %s, which is %s meanwhile", (work, from, during) => {
  const next = begin(preview(from, runOf("dead", "create", at(0))), beginning(work), dead);
  expect([next.status, next.run?.id]).toEqual([during, "mine"]);
  expect(next.failure).toBeUndefined();
});

test.each<[Work, Status]>([
  ["create", "destroying"],
  ["destroy", "gone"],
  ["sleep", "asleep"],
  ["sleep", "provisioning"],
  ["sleep", "failed"],
  ["wake", "active"],
  ["wake", "failed"],
  ["wake", "destroying"],
])("%s never begins from %s", (work, from) => {
  expect(() => begin(preview(from), beginning(work), dead)).toThrow(CliError);
});

test("what was killed or failed on its way to sleep can wake, and what failed to be made cannot", () => {
  const killed = preview("active", runOf("dead", "sleep", at(0)));
  expect(begin(killed, beginning("wake"), dead)).toMatchObject({ status: "active", run: { work: "wake" } });
  expect(() => begin(killed, beginning("wake"), alive)).toThrow(HeldError);
  const failed = (failure: string) => ({ ...preview("failed"), failure });
  for (const failure of ["sleep: interrupted", "wake: the database has not started within 20 minutes"])
    expect(begin(failed(failure), beginning("wake"), dead).run?.work).toBe("wake");
  expect(() => begin(failed("create: it was rolled back"), beginning("wake"), dead)).toThrow("preview");
  expect(() => begin(failed("create: sleep: x"), beginning("wake"), dead)).toThrow(CliError);
});

test("nobody begins while another run goes on; the same run may begin again", () => {
  const held = preview("provisioning", runOf("other", "create", NOW));
  expect(() => begin(held, beginning("destroy"), alive)).toThrow(HeldError);
  expect(begin(held, beginning("create", "other"), alive).run?.id).toBe("other");
});

test("a run is alive within its lease, and not after it", () => {
  const run = runOf("one", "create", at(0));
  expect(withinLease(run, LEASE - 1)).toBe(true);
  expect(withinLease(run, LEASE)).toBe(false);
});

test("a run whose clock is far ahead holds nothing for ever", () => {
  const ahead = (by: number) => withinLease(runOf("x", "create", at(by)), 0);
  expect([ahead(LEASE), ahead(STUCK - 1), ahead(STUCK), ahead(365 * 86_400_000)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("who was taken over can neither renew nor end", () => {
  const taken = preview("destroying", runOf("other", "destroy", NOW));
  expect(() => renew(taken, "mine", NOW)).toThrow(LostError);
  expect(() => end(taken, { run: "mine", to: "active", by: "ana", now: NOW })).toThrow(LostError);
  expect(() => renew(undefined, "mine", NOW)).toThrow(LostError);
  expect(() => end(preview("active"), { run: "mine", to: "active", by: "ana", now: NOW })).toThrow(LostError);
});

test("an end says why, what is known now, and lets the preview go", () => {
  const held = preview("provisioning", runOf("mine", "create", NOW));
  const failed = end(held, { run: "mine", to: "failed", by: "ana", now: NOW, reason: "no image" });
  expect(failed).toMatchObject({ status: "failed", failure: "no image" });
  expect(failed.run).toBeUndefined();
  const active = end(held, {
    run: "mine",
    to: "active",
    by: "ana",
    now: NOW,
    known: { endpoint: "https://x" },
  });
  expect(active).toMatchObject({ status: "active", endpoint: "https://x" });
  expect(active.history.at(-1)).toEqual({ at: NOW, from: "provisioning", to: "active", by: "ana" });
  expect(() => end(held, { run: "mine", to: "gone", by: "ana", now: NOW })).toThrow("never ends with");
});

test("a preview that is destroyed cannot be extended, and another forgets that it was warned", () => {
  const longer = { ttl: "14d", expiresAt: at(9e12), now: NOW };
  expect(() => extend(preview("destroying"), longer)).toThrow(/cannot be extended/);
  const extended = extend({ ...preview("active"), warnedAt: NOW }, longer);
  expect(extended).toMatchObject({ ttl: "14d", expiresAt: at(9e12) });
  expect(extended.warnedAt).toBeUndefined();
  expect(isExpired(extended, 9e12 - 1)).toBe(false);
  expect(isExpired(extended, 9e12)).toBe(true);
});

const NOON = { ttl: "7d", expiresAt: "2026-12-07T12:00:00.000Z" };

test("who extends a preview while a push of it is planned keeps the later end, by the moment and not by its text", () => {
  const extended = { ttl: "30d", expiresAt: "2026-12-30T12:00:00Z" };
  expect(laterOf(extended, NOON)).toEqual(extended);
  expect(laterOf({ ttl: "1d", expiresAt: "2026-12-01T12:00:00Z" }, NOON)).toEqual(NOON);
  // "Z" is greater than ".", and yet it is half a second earlier.
  expect(
    laterOf(
      { ttl: "1d", expiresAt: "2026-12-07T12:00:00Z" },
      { ...NOON, expiresAt: "2026-12-07T12:00:00.500Z" },
    ),
  ).toEqual({
    ttl: "7d",
    expiresAt: "2026-12-07T12:00:00.500Z",
  });
});

test("who asks a run to stop is kept, and nobody is asked where none runs", () => {
  const held = preview("provisioning", runOf("other", "create", NOW));
  const asked = askToStop(held, "ana", NOW);
  expect(asked.run?.stop).toEqual({ at: NOW, by: "ana" });
  expect(askToStop(asked, "ben", NOW)).toBe(asked);
  const free = preview("active");
  expect(askToStop(free, "ana", NOW)).toBe(free);
});

/** A bucket with one object, a cloud with some resources, and a clock. */
class World {
  stored: { readonly etag: number; readonly metadata: Metadata } | undefined;
  clock = 0;
  readonly resources = new Set<number>();
  private etags = 0;

  /** A conditional write. */
  put(metadata: Metadata, etag: number | undefined): boolean {
    if (this.stored?.etag !== etag) return false;
    this.etags += 1;
    this.stored = { etag: this.etags, metadata };
    return true;
  }
}

const PARTS = [1, 2, 3];

/** A run of the command line, which stands still at every yield; there another may go on, or this one may be killed. */
function* actor(world: World, id: string, work: "create" | "destroy"): Generator<void, string> {
  function* change(next: (metadata: Metadata | undefined) => Metadata): Generator<void, Metadata> {
    for (;;) {
      const read = world.stored;
      yield;
      const metadata = next(read?.metadata);
      if (metadata === read?.metadata || world.put(metadata, read?.etag)) return metadata;
      yield;
    }
  }
  const now = () => at(world.clock);
  try {
    yield* change((metadata) => {
      const start = { run: runOf(id, work, now()), by: id, now: now() };
      const isAlive = (run: Run) => withinLease(run, world.clock);
      if (metadata && !(work === "create" && metadata.status === "gone"))
        return begin(metadata, start, isAlive);
      if (work === "destroy") throw new CliError(1, "nothing there");
      return beginNew(PREVIEW, start);
    });
    for (const part of PARTS) {
      const metadata = yield* change((found) => renew(found, id, now()));
      if (metadata.run?.stop) {
        yield* change((found) =>
          end(found, { run: id, to: "failed", by: id, now: now(), reason: "stopped" }),
        );
        return "stopped";
      }
      // Terraform's lock: it acts only as the one that holds the preview.
      if (world.stored?.metadata.run?.id !== id) continue;
      if (work === "create") world.resources.add(part);
      else world.resources.delete(part);
      yield;
    }
    if (work === "destroy" && world.resources.size > 0 && world.stored?.metadata.run?.id === id)
      throw new Error("left");
    yield* change((found) =>
      end(found, { run: id, to: work === "create" ? "active" : "gone", by: id, now: now() }),
    );
    return "done";
  } catch (error) {
    if (error instanceof CliError) return error.name;
    throw error;
  }
}

function finish(run: Generator<void, string>): string {
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
  }
}

test("runs of several machines, killed and slow at any step: one acts at a time, and the next command finishes", () => {
  const step = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("step" as const),
        who: fc.nat(3),
        times: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const), who: fc.nat(3) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("tick" as const), by: fc.integer({ min: 1, max: LEASE }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop" as const) }) },
  );
  const works = fc.array(fc.constantFrom("create" as const, "destroy" as const), {
    minLength: 4,
    maxLength: 4,
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(works, fc.array(step, { maxLength: 60, size: "max" }), (kinds, steps) => {
      const world = new World();
      const actors = kinds.map((work, index) => actor(world, `run-${index}`, work));
      const over = new Set<number>();
      for (const one of steps) {
        if (one.kind === "tick") world.clock += one.by;
        else if (one.kind === "stop" && world.stored) {
          world.put(askToStop(world.stored.metadata, "ana", at(world.clock)), world.stored.etag);
        } else if (one.kind === "kill") over.add(one.who);
        else if (one.kind === "step" && !over.has(one.who)) {
          for (let time = 0; time < one.times && !over.has(one.who); time += 1) {
            const { done, value } = (actors[one.who] as Generator<void, string>).next();
            if (done) over.add(one.who);
            if (done) seen.add(value);
          }
        }
        const { metadata } = world.stored ?? {};
        // Whoever is stored as active has all that it needs, and what is gone has nothing.
        if (metadata?.status === "gone") expect([...world.resources]).toEqual([]);
        if (metadata?.status === "active" && !metadata.run) expect(world.resources.size).toBe(PARTS.length);
      }
      // All others are dead or have ended: the same commands finish.
      world.clock += LEASE;
      finish(actor(world, "last-create", "create"));
      world.clock += LEASE;
      const destroyed = finish(actor(world, "last-destroy", "destroy"));
      expect([destroyed, world.stored?.metadata.status, world.resources.size]).toEqual(["done", "gone", 0]);
      for (const { from, to } of world.stored?.metadata.history ?? [])
        expect(LEGAL).toContain(`${from} ${to}`);
    }),
    { numRuns: 2_000 },
  );
  // The schedules reach every kind of end.
  expect([...seen].sort()).toEqual(["CliError", "HeldError", "LostError", "done", "stopped"]);
});

/** What may follow on what. */
const LEGAL = [
  "null provisioning",
  "provisioning active",
  "provisioning failed",
  "provisioning destroying",
  "active provisioning",
  "active destroying",
  "failed provisioning",
  "failed destroying",
  "destroying gone",
  "destroying failed",
  "gone provisioning",
];
