import fc from "fast-check";
import { worldWith } from "./planted";
import { type Befalls, neverPinnedToNothing, Sequence, type Step, type Tally } from "./sequences";
import type { Command } from "./world";
import { Worlds } from "./worlds";

/** Sequences of a run: in CI always the same few, here as many others as asked for. */
const { GROUNDPLAN_SEQUENCES: asked } = process.env;
const RUNS = asked === undefined ? { numRuns: 25, seed: 6, endOnFailure: true } : { numRuns: Number(asked) };

let worlds: Worlds;

beforeAll(async () => {
  worlds = await Worlds.open();
});

afterAll(() => worlds?.close());

test("no sequence leaves an environment pinned to what is not there, or running something else in silence", async () => {
  const tally: Tally = new Map();
  await fc.assert(
    neverPinnedToNothing(() => worlds.next(), worlds.faultInjector, tally),
    RUNS,
  );
  if (asked !== undefined) console.log(tally);
  // Sequences in which nothing goes wrong would prove nothing: commands have ended in many ways.
  expect(tally.size).toBeGreaterThan(12);
}, 1_200_000);

const deploys = (environment: "dev" | "staging", to: string, befalls: Befalls = {}): Step => ({
  kind: "one",
  command: { kind: "deploy", environment, to, atOnce: false },
  befalls,
});

const publishes = (content: string): Step => ({
  kind: "one",
  command: { kind: "publish", content },
  befalls: {},
});
const NEW = publishes("c");

/** Each request of a deploy is carried out, and its answer lost. */
const LOST_ANSWERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((at) =>
  deploys("dev", at % 2 === 0 ? "b" : "a", { fault: { at, how: "cut after" } }),
);

/** Two deploys at once, by turns, of what does not run yet. */
const TWO = [[0], [1], [0, 1], [0, 0, 1], [1, 1, 0], [0, 0, 0, 1], [1, 0, 0]].map((order, index): Step => {
  const deploy = (to: string) => ({ kind: "deploy" as const, environment: "dev" as const, to, atOnce: true });
  const commands: [Command, Command] =
    index % 2 === 0 ? [deploy("a"), deploy("c")] : [deploy("b"), deploy("d")];
  return { kind: "two", commands, order };
});

const prunes = (keep: number) => ({ kind: "prune" as const, keep });

/** Something is done about what a prune is about to remove: whole, before each of some of the prune's requests. */
const inPrunes = (requests: readonly number[], inner: (content: string) => Command): readonly Step[] =>
  requests.flatMap((at): readonly Step[] => [
    publishes(`c${at}`),
    publishes("d"),
    { kind: "within", outer: prunes(1), inner: inner(`c${at}`), at },
  ]);

/** Between the look at the pins that decides, and the next. */
const DECIDED = [16, 19, 22, 25];

/** When it is taken out already, and before its object is deleted. */
const TAKEN_OUT = [32, 34, 37, 40];
const deployed = (to: string) => ({ kind: "deploy" as const, environment: "dev" as const, to, atOnce: true });

test.each<[string, string, string, string, readonly Step[], RegExp]>([
  [
    "a prune that does not read the pins again before it deletes",
    "prune.ts",
    "const reasons = await needs.ofArtifact(one);",
    "const reasons: readonly string[] = [];",
    inPrunes(DECIDED, deployed),
    /dev is pinned to what is gone/,
  ],
  [
    "a pin that does not look whether a prune has taken it out",
    "store.ts",
    "return (await this.has(artifact)) && !isRemoved(await this.index(service), artifact.versionId);",
    "return this.has(artifact);",
    inPrunes(TAKEN_OUT, deployed),
    /dev is pinned to what is gone/,
  ],
  [
    "a prune that keeps the oldest",
    "retention.ts",
    "[...lastPublications(index)].reverse()",
    "[...lastPublications(index)]",
    [publishes("c"), publishes("d"), { kind: "one", command: prunes(1), befalls: {} }],
    /a prune removed the newest artifact/,
  ],
  [
    "a publication by a version that a prune is removing",
    "publish.ts",
    "isRemoved(index, version)",
    "isRemoved(index, version) && false",
    inPrunes(TAKEN_OUT, (content) => ({ kind: "publish", content })),
    /was removed 5 times while it was published/,
  ],
  [
    "an object that is not looked for before the pin",
    "pins.ts",
    "if (!(await this.isKept(artifact))) throw this.gone(artifact);",
    "return this.put(next, last?.version).then((version) => ({ version, undo: async () => undefined }));",
    [NEW, { kind: "delete", content: "c" }, deploys("dev", "c")],
    /dev is pinned to what is gone/,
  ],
  [
    "a publication that is noted before its upload has ended",
    "publish.ts",
    "isNew ? await store.upload(service, built, removed) : known.versionId",
    'isNew ? (store.upload(service, built, removed).catch(() => undefined), "soon") : known.versionId',
    [NEW],
    /cannot be pinned: its object is gone/,
  ],
  [
    "a plan that fails, and the pin stays",
    "lambda/deploy.ts",
    "const left = await pinned.undo();",
    "const left = undefined;",
    [deploys("dev", "a", { breaks: { at: "plan", how: "fails" } })],
    /dev is pinned anew, and its Terraform failed at plan/,
  ],
  [
    "an alarm after which nobody is brought back",
    "lambda/deploy.ts",
    "if (on.length > 0) await takeBack(props, pins, pinned, running, tried, on);",
    "",
    [deploys("staging", "b", { meanwhile: "an alarm goes on" })],
    /an alarm of staging went on, and the command did not fail/,
  ],
  [
    "a lost answer that is taken for somebody else",
    "pins.ts",
    "if (pin && !isDeepStrictEqual(pin, ours)) return pin;",
    "if (pin) return pin;",
    LOST_ANSWERS,
    /failed without a reason: another run pinned/,
  ],
  [
    "two at once, of which none looks what runs in the end",
    "lambda/deploy.ts",
    "await checkRuns(target, artifact, who);",
    "",
    [NEW, publishes("d"), ...TWO],
    /dev does not run what it is pinned to, and no command said so/,
  ],
])(
  "a planted fault is found: %s",
  async (_, file, right, wrong, steps, message) => {
    await new Sequence(worlds.next(), worlds.faultInjector).run(steps);
    const planted = new Sequence(worlds.next(worldWith(file, right, wrong)), worlds.faultInjector);
    await expect(planted.run(steps)).rejects.toThrow(message);
  },
  120_000,
);
