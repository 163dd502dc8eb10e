import { sessionStatements } from "../../../modules/core/session-manager";

test("an instance opens sessions and says that it can be reached, and reads no parameter of the account", () => {
  const statements = sessionStatements("eu-west-1", "123456789012");
  const actions = statements.flatMap(({ Action }) => Action);
  expect(
    actions.filter((action) => !/^ssmmessages:|^ssm:UpdateInstanceInformation$/.test(String(action))),
  ).toEqual([]);
  expect(statements.find(({ Sid }) => Sid === "Reachable")?.Resource).toBe(
    "arn:aws:ec2:eu-west-1:123456789012:instance/*",
  );
});
