import { chain, ofOperations } from "../../../local/gateway/corrections";
import type { WholeRequest } from "../../../local/gateway/exchange";
import type { Correction, Forward } from "../../../local/gateway/service";

const request = (operation: string): WholeRequest => ({
  method: "POST",
  url: "/",
  headers: {},
  scope: undefined,
  operation,
  body: Buffer.alloc(0),
});

/** An emulator that answers with the operation, and the operations that reached it. */
function emulator(): { readonly asked: string[]; readonly forward: Forward } {
  const asked: string[] = [];
  return {
    asked,
    async forward({ operation }) {
      asked.push(operation);
      return { status: 200, headers: {}, body: operation };
    },
  };
}

/** Adds a letter to the answer. */
const append = (letter: string): Correction["correct"] => {
  return async (asked, forward) => {
    const answer = await forward(asked);
    return { ...answer, body: `${answer.body}${letter}` };
  };
};

const answerOf = async (corrections: readonly Correction[], operation: string, to = emulator()) =>
  (await chain(corrections, to.forward)(request(operation))).body;

test("two corrections of one operation chain: the second gets the answer of the first", async () => {
  const [a, b] = [ofOperations(["Describe"], append("a")), ofOperations(["Describe"], append("b"))];
  expect(await answerOf([a, b], "Describe")).toBe("Describeab");
  expect(await answerOf([b, a], "Describe")).toBe("Describeba");
});

test("a correction of the whole service and one of an operation chain", async () => {
  const all: Correction = { applies: () => true, correct: append("a") };
  const one = ofOperations(["Create", "Update"], append("b"));
  expect(await answerOf([all, one], "Create")).toBe("Createab");
  expect(await answerOf([all, one], "Update")).toBe("Updateab");
});

test("another operation, and a service without corrections, get the emulator's answer", async () => {
  expect(await answerOf([ofOperations(["Describe"], append("a"))], "Delete")).toBe("Delete");
  expect(await answerOf([], "Delete")).toBe("Delete");
});

test("what a correction asks on the way passes through those before it, and not through itself", async () => {
  const before = ofOperations(["Describe"], append("a"));
  const asking = ofOperations(["Modify", "Describe"], (asked, forward) =>
    forward({ ...asked, operation: "Describe" }),
  );
  const to = emulator();
  expect(await answerOf([before, asking], "Modify", to)).toBe("Describea");
  expect(to.asked).toEqual(["Describe"]);
});

test("planted fault: a correction that asks nobody hides the answer of those before it", async () => {
  const alone = ofOperations(["Describe"], async () => ({ status: 200, headers: {}, body: "alone" }));
  expect(await answerOf([ofOperations(["Describe"], append("a")), alone], "Describe")).toBe("alone");
});
