import { type Artifact, type ArtifactIndex, artifactNamed } from "../../../cli/artifact/index-object";
import { deleteVersion } from "../../../cli/artifact/lambda/function-versions";
import {
  asIfNothingWereTaken,
  halfRemoved,
  isRemoved,
  type Remover,
  settled,
  takenOut,
} from "../../../cli/artifact/removal";

const artifact = (name: string, number: number, commit = name.repeat(40)): Artifact => ({
  sha256: name.repeat(64),
  sourceCodeHash: name,
  key: name,
  versionId: `v-${name}`,
  size: 1,
  commit,
  time: `2026-01-0${number}T00:00:00.000Z`,
});

const INDEX: ArtifactIndex = {
  format: 1,
  service: "api",
  artifacts: [artifact("a", 1), artifact("b", 2), artifact("a", 3, "f".repeat(40)), artifact("c", 4)],
};
const run = (id: string, minute: number): Remover => ({
  id,
  now: new Date(Date.parse("2026-02-01T00:00:00.000Z") + minute * 60_000),
});
const OWN = run("own", 0);
const NONE = new Set<string>();
const A = new Set(["v-a"]);

test("what is taken out can be named no more, with what to do, and comes back to its place", () => {
  const taken = takenOut(INDEX, A, OWN);
  expect(taken.artifacts.map(({ sha256 }) => sha256[0])).toEqual(["b", "c"]);
  expect(isRemoved(taken, "v-a")).toBe(true);
  expect(isRemoved(taken, "v-b")).toBe(false);
  expect(() => artifactNamed(taken, "aaaa")).toThrow(
    /artifact aaaaaaaaaaaa of api is being removed, since 2026-02-01T00:00:00.000Z\n[\s\S]*groundplan artifact prune[\s\S]*git checkout f{12} && npx groundplan artifact publish api\n {2}use 4/,
  );
  expect(asIfNothingWereTaken(taken).artifacts).toEqual(INDEX.artifacts);
  const back = settled(taken, { gone: NONE, back: A }, OWN);
  expect(back.artifacts).toEqual(INDEX.artifacts);
  expect(back.removed).toEqual([]);
});

test("what is gone is told of once, by its last publication, and those of the other are not touched", () => {
  const gone = settled(takenOut(INDEX, A, OWN), { gone: A, back: NONE }, OWN);
  expect(gone.removed).toEqual([{ ...artifact("a", 3, "f".repeat(40)), removed: OWN.now.toISOString() }]);
  expect(halfRemoved(gone)).toEqual([]);
  expect(() => artifactNamed(gone, "aaaa")).toThrow(
    /artifact aaaaaaaaaaaa of api was removed on 2026-02-01: no environment needed it\n/,
  );
  const local = { ...INDEX, artifacts: [artifact("d", 1, "unknown")] };
  const unknown = settled(
    takenOut(local, new Set(["v-d"]), OWN),
    { gone: new Set(["v-d"]), back: NONE },
    OWN,
  );
  expect(() => artifactNamed(unknown, "dddd")).toThrow(/publish api from the source that it was built from/);
});

test("a run that has not ended holds others off; one that has died does not", () => {
  const taken = takenOut(INDEX, A, OWN);
  expect(() => takenOut(taken, new Set(["v-b"]), run("other", 14))).toThrow(
    /another run removes artifacts of api, since [\s\S]*taken for dead at 2026-02-01T00:15:00.000Z/,
  );
  const later = run("other", 16);
  const theirs = takenOut(taken, new Set(["v-a", "v-b"]), later);
  expect(new Set(theirs.removed?.map(({ by }) => by))).toEqual(new Set(["other"]));
  // The dead one comes back to life: what it ended is no more its own.
  expect(settled(theirs, { gone: A, back: NONE }, OWN)).toEqual(theirs);
});

test("what was published anew meanwhile takes the place of what comes back", () => {
  const anew = { ...artifact("a", 5), versionId: "v-anew" };
  const taken = takenOut(INDEX, A, OWN);
  const published = { ...taken, artifacts: [...taken.artifacts, anew] };
  const back = settled(published, { gone: NONE, back: A }, OWN);
  expect(back.artifacts.filter(({ sha256 }) => sha256 === anew.sha256)).toEqual([anew]);
  expect(artifactNamed(published, "aaaa")).toEqual(anew);
});

test("a hundred removals are told of, the last ones", () => {
  const removed = Array.from({ length: 120 }, (_, at) => ({
    ...artifact("z", 1),
    versionId: `z${at}`,
    removed: "2026-01-01T00:00:00.000Z",
  }));
  const next = settled(takenOut({ ...INDEX, removed }, A, OWN), { gone: A, back: NONE }, OWN);
  expect(next.removed).toHaveLength(100);
  expect(next.removed?.at(-1)?.versionId).toBe("v-a");
  expect(next.removed?.[0]?.versionId).toBe("z21");
});

test.each(["", "$LATEST", "live"])(
  "%j is no version: nothing is deleted, and least of all the function",
  async (version) => {
    const place = { region: "us-east-1", functionName: "f" };
    await expect(deleteVersion(place, version)).rejects.toThrow(/is no version of f/);
  },
);
