import { commonFaults } from "../../../cli/console/faults";

test("says once what several have, and where one is that is alone", () => {
  const fault = (name: string, what: string) => ({
    name,
    message: `${what}\n  at cdktf.out/stacks/${name}\n  sign in to another account`,
  });
  const alone = fault("c", "no credentials");
  expect(commonFaults([fault("a", "another account"), alone, fault("b", "another account")])).toEqual([
    { names: ["a", "b"], message: "another account\n  sign in to another account" },
    { names: ["c"], message: alone.message },
  ]);
});

test("planted fault: two that say different things are two", () => {
  const two = ["one account", "another account"].map((message) => ({ name: message, message }));
  expect(commonFaults(two)).toHaveLength(2);
});
