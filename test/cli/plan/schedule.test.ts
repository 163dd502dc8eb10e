import { setTimeout } from "node:timers/promises";
import { walk } from "../../../cli/plan/schedule";

const UPSTREAM: Readonly<Record<string, readonly string[]>> = { c: ["a", "b"], d: ["c"], e: ["x"] };
const upstream = (name: string) => UPSTREAM[name] ?? [];

test("a name comes after its upstream, and no more run at once than may", async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;

  const done = await walk({
    names: ["a", "b", "c", "d", "e"],
    upstream,
    concurrency: 2,
    visit: async (name, before) => {
      most = Math.max(most, ++running);
      for (const one of upstream(name)) if (one !== "x") expect(before.has(one)).toBe(true);
      await setTimeout(5);
      running--;
      order.push(name);
      return name.toUpperCase();
    },
  });

  expect(most).toBe(2);
  expect(order.indexOf("c")).toBeGreaterThan(Math.max(order.indexOf("a"), order.indexOf("b")));
  expect(order.indexOf("d")).toBeGreaterThan(order.indexOf("c"));
  // An upstream that is not in the walk is not waited for.
  expect([...done.keys()].sort()).toEqual(["a", "b", "c", "d", "e"]);
});

test("after a throw nothing begins any more, and what runs comes to its end", async () => {
  const ended: string[] = [];
  const visit = async (name: string) => {
    await setTimeout(name === "a" ? 1 : 20);
    if (name === "a") throw new Error("a is broken");
    ended.push(name);
  };

  await expect(walk({ names: ["a", "b", "c"], upstream, concurrency: 2, visit })).rejects.toThrow(
    "a is broken",
  );
  expect(ended).toEqual(["b"]);
});
