import { podWith, statementsOf } from "./roles";

test("each right is a policy of its own, so that one that goes touches no other", () => {
  const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" } as const;
  const send = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:1:q" } as const;
  const both = podWith({}, (role) => {
    role.allow("read-orders", [read]);
    role.allow("send-mail", [send]);
  });
  const one = podWith({}, (role) => role.allow("send-mail", [send]));
  expect(both.paths("aws_iam_role_policy")).toEqual(["api/policies/read-orders", "api/policies/send-mail"]);
  expect(statementsOf(both.one("aws_iam_role_policy", "api/policies/read-orders").policy)).toEqual([read]);
  for (const [address, resource] of one.byAddress()) expect(both.byAddress().get(address)).toEqual(resource);
});

test("a kept policy is attached by its ARN", () => {
  const stack = podWith({}, (role) => role.attach("csi", "arn:aws:iam::aws:policy/service-role/X"));
  expect(stack.one("aws_iam_role_policy_attachment").policy_arn).toBe(
    "arn:aws:iam::aws:policy/service-role/X",
  );
});

test.each(["*", "s3:*", "*:*"])("a workload that is allowed %s is refused", (Action) => {
  const give = () =>
    podWith({}, (role) =>
      role.allow("all", [{ Effect: "Allow", Action: ["sqs:SendMessage", Action], Resource: "*" }]),
    );
  expect(give).toThrow(`a workload would be allowed ${JSON.stringify(Action)}\n  at dev-network/api\n`);
});

test("to deny everything is nobody's fault", () => {
  const deny = { Effect: "Deny", Action: "s3:*", Resource: "*" } as const;
  expect(podWith({}, (role) => role.allow("deny", [deny])).paths("aws_iam_role_policy")).toHaveLength(1);
});
