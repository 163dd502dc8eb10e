import fc from "fast-check";
import type { Ami } from "../../../../cli/artifact/ami/ami";
import {
  KEEP_RULES,
  type KeepRule,
  LONGEST_BUILD,
  type PruneFacts,
  type PruneWish,
  prunePlan,
} from "../../../../cli/artifact/ami/prune-plan";
import type { Reference } from "../../../../cli/artifact/ami/references";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const IMAGE = "vxlan-graviton";
const DAY = 86_400_000;
const days = (age: number) => new Date(NOW - age * DAY).toISOString();

/** An AMI in terms of the model: what matters for whether it may go. */
interface Sketch {
  readonly kind: "dev" | "release" | "untagged release" | "foreign";
  readonly age: number;
  readonly state: "available" | "pending" | "failed" | "disabled";
  readonly isUsed: boolean;
  readonly isProtected: boolean;
  readonly isPublic: boolean;
  readonly isShared: boolean;

  /** Numbers of its snapshots: two AMIs may have the same. */
  readonly snapshots: readonly number[];
}

const sketch = fc.record<Sketch>({
  kind: fc.constantFrom("dev", "dev", "dev", "release", "untagged release", "foreign"),
  // Some are of today: only those can be under way.
  age: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 })),
  state: fc.constantFrom("available", "available", "available", "pending", "failed", "disabled"),
  isUsed: fc.boolean(),
  isProtected: fc.boolean(),
  isPublic: fc.boolean(),
  isShared: fc.boolean(),
  snapshots: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 2 }),
});

const idOf = (at: number) => `ami-${at.toString(16).padStart(8, "0")}`;
const snapshotId = (number: number) => `snap-${number}`;

function amiOf(one: Sketch, at: number): Ami {
  const isRelease = one.kind === "release" || one.kind === "untagged release";
  return {
    id: idOf(at),
    region: "us-east-1",
    name: isRelease ? `${IMAGE}-1.${at}.0` : `${IMAGE}-dev-20260101-${at.toString(16).padStart(7, "0")}`,
    state: one.state,
    created: days(one.age),
    isPublic: one.isPublic,
    isEncrypted: false,
    isProtected: one.isProtected,
    architecture: "arm64",
    snapshots: one.snapshots.map(snapshotId),
    size: 8,
    tags: {
      ...(one.kind === "foreign" ? {} : { "groundplan:image": IMAGE }),
      "groundplan:channel": one.kind === "release" ? "release" : "dev",
      ...(one.isShared ? { "groundplan:shared-with": "210987654321" } : {}),
    },
  };
}

const world = fc.record({
  sketches: fc.array(sketch, { maxLength: 14 }),
  keep: fc.integer({ min: 0, max: 6 }),
  before: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function factsOf({ sketches }: World): PruneFacts {
  return {
    amis: sketches.map(amiOf),
    references: new Map(
      sketches.flatMap((one, at): [string, Reference[]][] =>
        one.isUsed ? [[idOf(at), [{ what: "instance i-1" }]]] : [],
      ),
    ),
    snapshots: [],
    recycled: new Set(),
  };
}

function wishOf({ keep, before }: World): PruneWish {
  return {
    image: IMAGE,
    keep,
    now: new Date(NOW),
    ...(before === undefined ? {} : { before: new Date(NOW - before * DAY) }),
  };
}

/** What must never go, as the model says it in its own words: it looks at the sketches, and at no tag. */
function violations(made: World, rules: readonly KeepRule[]): readonly string[] {
  const { sketches, keep, before } = made;
  const plan = prunePlan(factsOf(made), wishOf(made), rules);
  const removed = new Set(plan.remove.map(({ id }) => id));
  const newest = sketches
    .map((one, at) => ({ ...one, at }))
    .filter(({ kind, state }) => kind === "dev" && state === "available")
    .sort((a, b) => a.age - b.age || idOf(b.at).localeCompare(idOf(a.at)))
    .slice(0, keep)
    .map(({ at }) => at);
  const faults = sketches.flatMap((one, at) => {
    if (!removed.has(idOf(at))) return [];
    return [
      ...(one.kind === "dev" ? [] : [`${one.kind} removed`]),
      ...(one.isUsed ? ["one in use removed"] : []),
      ...(one.isProtected ? ["a protected one removed"] : []),
      ...(one.isPublic ? ["a public one removed"] : []),
      ...(one.isShared ? ["a shared one removed"] : []),
      ...(newest.includes(at) ? ["one of the newest removed"] : []),
      ...(one.state === "pending" && one.age * DAY < LONGEST_BUILD
        ? ["one that is being built removed"]
        : []),
      ...(before !== undefined && one.age <= before ? ["a young one removed"] : []),
    ];
  });
  const staying = sketches.flatMap((one, at) => (removed.has(idOf(at)) ? [] : one.snapshots.map(snapshotId)));
  const shared = plan.snapshots.filter((id) => staying.includes(id)).map(() => "a shared snapshot removed");
  // What may go does go: a plan that keeps all would pass everything above.
  const left = sketches.filter((one, at) => {
    const mayGo =
      one.kind === "dev" &&
      !one.isUsed &&
      !one.isProtected &&
      !one.isPublic &&
      !one.isShared &&
      !newest.includes(at);
    const isOld = before === undefined || one.age > before;
    const isOver = one.state !== "pending" || one.age * DAY >= LONGEST_BUILD;
    return mayGo && isOld && isOver && !removed.has(idOf(at));
  });
  const unnamed = sketches.filter(
    (one, at) =>
      one.kind !== "foreign" &&
      !removed.has(idOf(at)) &&
      !plan.kept.some(({ ami, reasons }) => ami.id === idOf(at) && reasons.length > 0),
  );
  return [
    ...faults,
    ...shared,
    ...left.map(() => "one that may go stays"),
    ...unnamed.map(() => "one stays without a reason"),
  ];
}

const ALL = Object.values(KEEP_RULES);

test("no plan removes one in use, a release, one of the newest or a shared snapshot, and every plan removes the rest", () => {
  fc.assert(
    fc.property(world, (made) => {
      expect(violations(made, ALL)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test.each(Object.keys(KEEP_RULES))("mutant: without the rule %s the model finds what it removes", (name) => {
  const mutant = Object.entries(KEEP_RULES).flatMap(([key, rule]) => (key === name ? [] : [rule]));
  const details = fc.check(
    fc.property(world, (made) => violations(made, mutant).length === 0),
    { numRuns: 5000 },
  );
  expect(details.failed).toBe(true);
});

const ami = (props: Partial<Ami> & Pick<Ami, "id">): Ami => ({
  ...amiOf(
    {
      kind: "dev",
      age: 100,
      state: "available",
      isUsed: false,
      isProtected: false,
      isPublic: false,
      isShared: false,
      snapshots: [],
    },
    1,
  ),
  ...props,
});
const WISH = { image: IMAGE, keep: 0, now: new Date(NOW) };
const facts = (props: Partial<PruneFacts>): PruneFacts => ({
  amis: [],
  references: new Map(),
  snapshots: [],
  recycled: new Set(),
  ...props,
});

test("a snapshot of two AMIs stays with the one that stays, and goes when both go", () => {
  const [old, other] = [
    ami({ id: "ami-1", snapshots: ["snap-1"] }),
    ami({ id: "ami-2", snapshots: ["snap-1"] }),
  ];
  const foreign = { ...other, tags: {} };
  expect(prunePlan(facts({ amis: [old, foreign] }), WISH)).toMatchObject({ remove: [old], snapshots: [] });
  expect(prunePlan(facts({ amis: [old, other] }), WISH).snapshots).toEqual(["snap-1"]);
  // A disabled AMI of another image needs it as well.
  expect(prunePlan(facts({ amis: [old, { ...foreign, state: "disabled" }] }), WISH).snapshots).toEqual([]);
});

test("a reference says since when: a dead launch template is told from a live one", () => {
  const references = new Map([
    ["ami-1", [{ what: "version 3 of launch template web", since: "2018-05-06T00:00:00Z" }]],
  ]);
  const { kept } = prunePlan(facts({ amis: [ami({ id: "ami-1" })], references }), WISH);
  expect(kept[0]?.reasons).toEqual(["version 3 of launch template web since 2018-05-06"]);
});

describe("snapshots of AMIs that are gone", () => {
  const orphan = {
    id: "snap-9",
    created: days(3),
    description: "Created by CreateImage(i-1) for ami-9",
    tags: { "groundplan:image": IMAGE, "groundplan:channel": "dev" },
  };
  const orphansOf = (props: Partial<PruneFacts>) =>
    prunePlan(facts({ snapshots: [orphan], ...props }), WISH).orphans;

  test("go", () => expect(orphansOf({})).toEqual(["snap-9"]));
  test.each<[string, Partial<PruneFacts>]>([
    ["of an AMI in the Recycle Bin", { recycled: new Set(["ami-9"]) }],
    ["that an AMI has", { amis: [ami({ id: "ami-7", tags: {}, snapshots: ["snap-9"] })] }],
    ["of an AMI that is there", { amis: [ami({ id: "ami-9", tags: {}, snapshots: [] })] }],
    ["that is being made", { snapshots: [{ ...orphan, created: days(0.1) }] }],
    [
      "of a release",
      { snapshots: [{ ...orphan, tags: { ...orphan.tags, "groundplan:channel": "release" } }] },
    ],
    [
      "of another image",
      { snapshots: [{ ...orphan, tags: { ...orphan.tags, "groundplan:image": "other" } }] },
    ],
    [
      "of which nobody knows whose it was, while the bin holds an AMI",
      { snapshots: [{ ...orphan, description: "" }], recycled: new Set(["ami-5"]) },
    ],
  ])("stay: %s", (_, props) => expect(orphansOf(props)).toEqual([]));
});
