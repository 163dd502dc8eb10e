import { Gate } from "../../../local/gateway/gate";

/** A promise with its ends. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test("requests that run are waited for, and those that come meanwhile wait", async () => {
  const gate = new Gate(60_000);
  const order: string[] = [];
  const leave = await gate.enter();
  const work = deferred();
  const alone = gate.alone(async () => {
    order.push("alone");
    await work.promise;
  });
  const late = gate.enter().then(() => order.push("late"));
  await Promise.resolve();
  expect(order).toEqual([]);
  order.push("answered");
  leave();
  work.resolve();
  await Promise.all([alone, late]);
  expect(order).toEqual(["answered", "alone", "late"]);
});

test("one that does not end is waited for, but not without end", async () => {
  const gate = new Gate(0);
  await gate.enter();
  await expect(gate.alone(async () => "done")).resolves.toBe("done");
});

test("two that want it alone follow each other", async () => {
  const gate = new Gate();
  const order: string[] = [];
  const first = gate.alone(async () => {
    order.push("first begins");
    await new Promise((resolve) => setImmediate(resolve));
    order.push("first ends");
  });
  const second = gate.alone(async () => order.push("second"));
  await Promise.all([first, second]);
  expect(order).toEqual(["first begins", "first ends", "second"]);
});

test("planted fault: work that fails opens the gate, and its error is the caller's", async () => {
  const gate = new Gate();
  await expect(gate.alone(() => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
  const leave = await gate.enter();
  leave();
});
