import { Remembered } from "../../../cli/input/remembered";

test("what was made of a text is known, and never grows beyond its limit", () => {
  const remembered = new Remembered<number>();
  for (let at = 0; at < 5_000; at += 1) remembered.set(`text ${at}`, at);
  expect(remembered.get("text 0")).toBe(0);
  remembered.set("one more", 1);
  expect([remembered.get("text 0"), remembered.get("one more")]).toEqual([undefined, 1]);
});

test("a long text is not kept", () => {
  const remembered = new Remembered<number>();
  remembered.set("x".repeat(2_001), 1);
  expect(remembered.get("x".repeat(2_001))).toBeUndefined();
});
