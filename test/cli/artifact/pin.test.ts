import fc from "fast-check";
import type { Artifact } from "../../../cli/artifact/index-object";
import { type Pin, parsePin, pinned, rolledBack } from "../../../cli/artifact/pin";

const NOW = new Date("2026-11-21T10:00:00Z");

const artifact = (name: string): Artifact => ({
  sha256: name,
  sourceCodeHash: `${name}=`,
  key: `artifacts/api/${name}.zip`,
  versionId: `v-${name}`,
  size: 1,
  commit: `c-${name}`,
  time: NOW.toISOString(),
});

const after = (...names: readonly string[]): Pin => {
  const pin = names.reduce<Pin | undefined>(
    (last, name) => pinned("b", artifact(name), last, NOW),
    undefined,
  );
  if (!pin) throw new Error("no names");
  return pin;
};

/** A pin as Groundplan writes it. */
const REAL: Pin = {
  bucket: "groundplan-artifacts",
  key: `artifacts/api/${"a".repeat(64)}.zip`,
  versionId: "v1",
  sourceCodeHash: Buffer.from("a".repeat(64), "hex").toString("base64"),
  sha256: "a".repeat(64),
  commit: "unknown",
  time: "2026-11-21T10:00:00.000Z",
  stableVersion: "",
  weight: 0,
  before: [],
};

test("a pin says which bytes, and what ran before, the last first", () => {
  expect(after("a", "b", "c")).toEqual({
    bucket: "b",
    key: "artifacts/api/c.zip",
    versionId: "v-c",
    sourceCodeHash: "c=",
    sha256: "c",
    commit: "c-c",
    time: "2026-11-21T10:00:00.000Z",
    stableVersion: "",
    weight: 0,
    before: ["b", "a"],
  });
});

test("a second rollback goes further back, and not forward again", () => {
  const first = rolledBack("b", artifact("b"), after("a", "b", "c"), NOW);
  expect([first.sha256, first.before]).toEqual(["b", ["a"]]);
  const second = rolledBack("b", artifact("a"), first, NOW);
  expect([second.sha256, second.before]).toEqual(["a", []]);
});

test("a rollback to what never ran forgets what it replaces", () => {
  expect(rolledBack("b", artifact("x"), after("a", "b"), NOW).before).toEqual(["a"]);
});

test("an artifact that runs again is nothing to go back to", () => {
  const pin = after("a", "b", "a");
  expect(pin.before).toEqual(["b"]);
  expect(rolledBack("b", artifact("b"), pin, NOW).before).toEqual([]);
  // What an earlier Groundplan wrote.
  const before = ["b".repeat(64), REAL.sha256];
  expect(parsePin(JSON.stringify({ ...REAL, before }))?.before).toEqual(["b".repeat(64)]);
});

const NAME = fc.constantFrom("a", "b", "c", "d");
const STEP = fc.record({ name: NAME, how: fc.constantFrom("deploy", "try", "rollback") });

test("whatever was deployed, tried and rolled back: rollbacks only go back, to each artifact once", () => {
  const run = (pin: Pin | undefined, { name, how }: { name: string; how: string }): Pin => {
    if (pin && how === "rollback") return rolledBack("b", artifact(name), pin, NOW);
    const split = how === "try" && pin ? { stableVersion: "1", weight: 0.1 } : undefined;
    return pinned("b", artifact(name), pin, NOW, split);
  };
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 1, maxLength: 12 }), (steps) => {
      let pin = steps.reduce<Pin | undefined>(run, undefined);
      const ran: string[] = [];
      for (; pin; ) {
        expect(ran).not.toContain(pin.sha256);
        ran.push(pin.sha256);
        const [last] = pin.before;
        pin = last === undefined ? undefined : rolledBack("b", artifact(last), pin, NOW);
      }
    }),
  );
});

test("what was only tried is nothing to go back to, and the same again changes no history", () => {
  const tried = pinned("b", artifact("c"), after("a", "b"), NOW, { stableVersion: "2", weight: 0.1 });
  expect([tried.stableVersion, tried.weight, tried.before]).toEqual(["2", 0.1, ["b", "a"]]);
  expect(pinned("b", artifact("c"), tried, NOW)).toMatchObject({ weight: 0, before: ["b", "a"] });
  expect(pinned("b", artifact("d"), tried, NOW).before).toEqual(["b", "a"]);
  expect(pinned("b", artifact("b"), tried, NOW).before).toEqual(["a"]);
});

test("a pin fits a parameter, however much ran before", () => {
  const names = Array.from({ length: 60 }, (_, index) => index.toString(16).padStart(64, "0"));
  const pin = after(...names);
  expect(pin.before).toHaveLength(20);
  expect(JSON.stringify({ ...pin, versionId: "v".repeat(64), commit: "c".repeat(48) }).length).toBeLessThan(
    4096,
  );
});

test.each(["", "{}", "[]", "null", '{"bucket":"b"}'])("%j is no pin", (text) => {
  expect(parsePin(text)).toBeUndefined();
  expect(parsePin(JSON.stringify(REAL))).toEqual(REAL);
});
