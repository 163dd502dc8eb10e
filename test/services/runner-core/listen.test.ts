import { setTimeout as sleep } from "node:timers/promises";
import { listen, listenersOf } from "../../../services/runner-core/src/listen";
import type { Look } from "../../../services/runner-core/src/listener";
import type { Context } from "../../../services/runner-core/src/ports";
import type { ScaleSets } from "../../../services/runner-core/src/scale-set-ports";
import { SETTINGS } from "./model/world";

const PAUSES = { taken: 1, failure: 1, mostFailure: 4 };

/** Listens for a while. @returns what was said, and how often each looked and closed */
async function listened(...looks: readonly (() => Promise<Look>)[]) {
  const seen = looks.map(() => ({ looks: 0, closed: 0 }));
  const said: string[] = [];
  let failures = 0;
  const listeners = looks.map((look, index) => ({
    look: async () => {
      if (seen[index]) seen[index].looks++;
      await sleep(1);
      return look();
    },
    close: async () => {
      if (seen[index]) seen[index].closed++;
    },
  }));
  const ending = new AbortController();
  const context = {
    count: () => void failures++,
    log: ({ message }: Readonly<Record<string, unknown>>) => void said.push(String(message)),
  };
  const over = listen(listeners, context, ending.signal, PAUSES);
  while (seen.some((one) => one.looks < 5)) await sleep(1);
  ending.abort();
  await over;
  return { seen, said, failures };
}

test("one that fails is tried again, is counted, and keeps no other from listening; all end their sessions", async () => {
  const { seen, said, failures } = await listened(
    async () => "nothing",
    async () => {
      throw new Error("GitHub cannot be reached");
    },
  );
  expect(seen.map(({ closed }) => closed)).toEqual([1, 1]);
  expect(failures).toBeGreaterThanOrEqual(4);
  expect(new Set(said)).toEqual(new Set(["GitHub cannot be reached"]));
});

test("that another listener has the session is said once, and is no failure", async () => {
  const { said, failures } = await listened(async () => "taken");
  expect(said).toEqual(["another listener has the session: waiting"]);
  expect(failures).toBe(0);
});

test("there is a listener for each pool of each owner whose instances are for one job each", () => {
  const [small, large] = SETTINGS.pools;
  if (!small || !large) throw new Error("there are no pools");
  const settings = {
    ...SETTINGS,
    furtherOwners: [
      { owner: "else", installationId: 6, scope: "organization" as const, repositories: [], groupId: 1 },
    ],
    pools: [
      small,
      { ...large, owner: "else" },
      { ...large, name: "steady", standing: { groupName: "g", hookName: "h" } },
    ],
  };
  const context = { settings, githubOf: () => undefined } as unknown as Context;
  expect(listenersOf({ ...context, scaleSetsOf: () => ({}) as ScaleSets }, "here")).toHaveLength(3);
  expect(() => listenersOf(context, "here")).toThrow("has no scaleSets");
});
