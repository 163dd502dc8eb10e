import type { Artifact, ArtifactIndex } from "../../../cli/artifact/index-object";
import type { Needs } from "../../../cli/artifact/needs";
import { type Pin, pinned } from "../../../cli/artifact/pin";
import { artifactsKept, type Retention, versionsKept } from "../../../cli/artifact/retention";
import type { Target } from "../../../cli/artifact/target";

const day = (number: number) => `2026-01-${String(number).padStart(2, "0")}T00:00:00.000Z`;

const artifact = (name: string, number: number): Artifact => ({
  sha256: name.repeat(64),
  sourceCodeHash: `code ${name}`,
  key: name,
  versionId: `v-${name}`,
  size: 1,
  commit: name,
  time: day(number),
});

/** a to h, one a day. */
const ARTIFACTS = [..."abcdefgh"].map((name, at) => artifact(name, at + 1));
const INDEX: ArtifactIndex = { format: 1, service: "api", artifacts: ARTIFACTS };

const pinOf = (names: string, change: Partial<Pin> = {}): Pin => {
  const all = [...names].map((name) => artifact(name, 1));
  const pin = all.reduce<Pin | undefined>((last, one) => pinned("bucket", one, last, new Date(0)), undefined);
  if (!pin) throw new Error("name one at least");
  return { ...pin, ...change };
};

/** An environment that was pinned to these in turn; versions 1 and up are of `codes`, and the alias is on some. */
function needs(environment: string, pin: Pin | undefined, codes = "", alias: readonly number[] = []): Needs {
  const versions = [...codes].map((name, at) => ({
    version: String(at + 1),
    sourceCodeHash: `code ${name}`,
    size: 10,
    time: day(at + 1),
  }));
  return {
    target: { environment } as Target,
    read: pin && { pin, version: 1 },
    lastPinned: pin ? [pin] : [],
    deployed: { versions, aliases: new Map(alias.map((version) => [String(version), ["live"]])) },
  };
}

const idle = (all: readonly { readonly reasons: readonly string[] }[]) =>
  all.filter(({ reasons }) => reasons.length === 0);

const idleVersions = (one: Needs, retention: Retention) =>
  idle(versionsKept(one, retention)).map(
    (kept) => (kept as unknown as { one: { version: string } }).one.version,
  );

const idleArtifacts = (environments: readonly Needs[], retention: Retention, foreign: readonly Pin[] = []) =>
  idle(
    artifactsKept(
      INDEX,
      {
        environments,
        foreign: foreign.map((pin) => ({ parameter: "/groundplan/branch/api/artifact", pin })),
      },
      retention,
    ),
  ).map((kept) => (kept as unknown as { one: Artifact }).one.commit);

test("of versions stay the newest, those of aliases, the one that the state names and the one that the pin names", () => {
  const of = needs("dev", pinOf("ab"), "abcdefgh", [2, 4]);
  expect(idleVersions(of, { keep: 3 })).toEqual(["5", "3", "1"]);
  expect(idleVersions(of, { keep: 1 })).toEqual(["7", "6", "5", "3", "1"]);
  expect(idleVersions(of, { keep: 9 })).toEqual([]);
  // Nobody can say that none stays: the newest is in the state.
  expect(idleVersions(of, { keep: 0 })).not.toContain("8");
  const split = needs("dev", pinOf("ab", { stableVersion: "5", weight: 0.1 }), "abcdefgh", [2, 4]);
  expect(idleVersions(split, { keep: 3 })).toEqual(["3", "1"]);
  expect(idleVersions({ ...of, deployed: undefined }, { keep: 1 })).toEqual([]);
});

test("younger ones stay, those of the very moment too, and what has no time", () => {
  const of = needs("dev", pinOf("ab"), "abcdefgh", [8]);
  expect(idleVersions(of, { keep: 1, before: new Date(day(3)) })).toEqual(["2", "1"]);
  expect(idleArtifacts([], { keep: 1, before: new Date(day(3)) })).toEqual(["b", "a"]);
  const [first] = of.deployed?.versions ?? [];
  if (!first) throw new Error("it has versions");
  const odd = {
    versions: [
      { ...first, time: "soon" },
      { ...first, version: "2" },
    ],
    aliases: new Map(),
  };
  expect(idleVersions({ ...of, deployed: odd }, { keep: 1, before: new Date(day(3)) })).toEqual([]);
});

test("of artifacts stay the newest, what is pinned, was pinned just before, and the ways back", () => {
  expect(idleArtifacts([], { keep: 2 })).toEqual([..."fedcba"]);
  const dev = needs("dev", pinOf("abcd"));
  expect(idleArtifacts([dev], { keep: 2 })).toEqual(["f", "e", "a"]);
  expect(idleArtifacts([dev], { keep: 1 })).toEqual([..."gfe", "b", "a"]);
  expect(idleArtifacts([{ ...dev, lastPinned: [pinOf("e")] }], { keep: 1 })).toEqual([..."gf", "b", "a"]);
  expect(idleArtifacts([dev, needs("prod", pinOf("a"))], { keep: 1 })).toEqual([..."gfe", "b"]);
  expect(idleArtifacts([needs("dev", undefined)], { keep: 1 })).toEqual([..."gfedcba"]);
});

test("what a version that stays was made of stays, and what is pinned where no stack here is", () => {
  expect(idleArtifacts([needs("dev", pinOf("d"), "bcd", [3])], { keep: 1 })).toEqual([..."gfecba"]);
  expect(idleArtifacts([needs("dev", pinOf("d"), "bcd", [1])], { keep: 1 })).toEqual([..."gfeca"]);
  expect(idleArtifacts([], { keep: 1 }, [pinOf("ab")])).toEqual([..."gfedc"]);
});

test("an artifact that was published again is as new as that", () => {
  const again = { ...artifact("a", 9), commit: "again" };
  const index = { ...INDEX, artifacts: [...ARTIFACTS, again] };
  const kept = artifactsKept(index, { environments: [], foreign: [] }, { keep: 1 });
  expect(kept[0]).toEqual({ one: again, reasons: ["newest 1"] });
  expect(kept.filter(({ one }) => one.versionId === "v-a")).toHaveLength(1);
});
