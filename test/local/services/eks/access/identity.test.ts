import { callerOf, principalOf, usernameOf } from "../../../../../local/services/eks/access/identity";

test("a session is its role, whatever the path of that", () => {
  const session = principalOf("arn:aws:sts::123456789012:assumed-role/admin/anna");
  expect(session).toBe(principalOf("arn:aws:iam::123456789012:role/admin"));
  expect(session).toBe(principalOf("arn:aws:iam::123456789012:role/people/eu/admin"));
});

test.each([
  "arn:aws:iam::210987654321:role/admin",
  "arn:aws:iam::123456789012:role/viewer",
  "arn:aws:iam::123456789012:user/admin",
  "arn:aws:iam::123456789012:root",
])("planted fault: %s is another principal", (arn) => {
  expect(principalOf(arn)).not.toBe(principalOf("arn:aws:sts::123456789012:assumed-role/admin/anna"));
});

test("templates take the account and the session", () => {
  const caller = callerOf(
    "<R><Arn>arn:aws:sts::123456789012:assumed-role/admin/anna@x.de</Arn><UserId>AROA1:anna@x.de</UserId><Account>123456789012</Account></R>",
  );
  expect(caller).toMatchObject({ id: "AROA1", session: "anna@x.de", account: "123456789012" });
  expect(usernameOf("{{AccountID}}:{{SessionName}}", caller, "ASIA1")).toBe("123456789012:anna-x.de");
  expect(usernameOf("u:{{SessionNameRaw}}:{{AccessKeyID}}", caller, "ASIA1")).toBe("u:anna@x.de:ASIA1");
});
