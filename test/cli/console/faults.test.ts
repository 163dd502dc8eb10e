import { commonFaults } from "../../../cli/console/faults";

const registry = (stack: string) => ({
  name: stack,
  message: [
    "init: the provider registry registry.terraform.io cannot be reached: no such host",
    `at cdktf.out/stacks/${stack}`,
    "check the network",
    `whole output: .groundplan/plan/stacks/${stack}/error.txt`,
  ].join("\n  "),
});

test("the same fault of 33 stacks is said once, with their names and a file", () => {
  const stacks = Array.from({ length: 33 }, (_, at) => `dev-${at}`);

  expect(commonFaults(stacks.map(registry))).toEqual([
    {
      names: stacks,
      message: [
        "init: the provider registry registry.terraform.io cannot be reached: no such host",
        "check the network",
        "whole output: .groundplan/plan/stacks/dev-0/error.txt (of dev-0)",
      ].join("\n  "),
    },
  ]);
});

test("what differs from answer to answer and from place to place is the same fault", () => {
  const fault = (stack: string, id: string, at: number) => ({
    name: stack,
    message: `plan: AccessDenied\n  RequestID: ${id}, api error\n  on cdk.tf.json line ${at}, in provider.aws[0]`,
  });

  expect(commonFaults([fault("dev-a", "0a1b", 7), fault("dev-b", "2c3d", 9)])).toHaveLength(1);
});

test("a rule that is checked in another line and column is the same fault, and one in another file is not", () => {
  const checked = (stack: string, where: string) => ({
    name: stack,
    message: `plan: Invalid value for variable\n  Use less than 10.\n  This was checked by the validation rule at ${where}.`,
  });
  const [first, second] = [checked("e1", "cdk.tf.json:1,141-142"), checked("e10", "cdk.tf.json:13,7-15,2")];

  expect(commonFaults([first, second])).toEqual([{ names: ["e1", "e10"], message: first.message }]);
  expect(commonFaults([first, checked("e2", "limits.tf:1,141-142")])).toHaveLength(2);
});

test("another fault stays one of its own, and one that stands alone keeps its place", () => {
  const other = { name: "prod-a", message: "plan: no bucket\n  at cdktf.out/stacks/prod-a" };

  expect(commonFaults([registry("dev-a"), registry("dev-b"), other])).toEqual([
    { names: ["dev-a", "dev-b"], message: expect.stringContaining("registry") },
    { names: ["prod-a"], message: other.message },
  ]);
});
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
