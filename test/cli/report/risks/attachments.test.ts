import { create, update } from "./risk-fixtures";

const arn = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const admin = arn("AdministratorAccess");

test.each([
  ["aws_iam_role_policy_attachment", "policy_arn", (value: string) => value],
  ["aws_iam_role", "managed_policy_arns", (value: string) => [value]],
  ["aws_iam_role_policy_attachments_exclusive", "policy_arns", (value: string) => [value]],
  ["aws_ssoadmin_managed_policy_attachment", "managed_policy_arn", (value: string) => value],
])("%s.%s", (type, name, of) => {
  const attach = (policy: string) => create(type, { [name]: of(arn(policy)) });
  expect(attach("AdministratorAccess")).toEqual([`high iam-broadened: ${type} of ${admin}`]);
  expect(attach("PowerUserAccess")).toHaveLength(1);
  expect(attach("IAMFullAccess")[0]).toMatch(/^high /);
  expect(attach("AmazonEC2FullAccess")[0]).toMatch(/^medium /);
  expect(attach("ReadOnlyAccess")).toEqual([]);
  expect(update(type, { [name]: of(admin) }, { [name]: of(admin) })).toEqual([]);
  expect(update(type, { [name]: of(arn("ReadOnlyAccess")) }, { [name]: of(admin) })).toHaveLength(1);
  expect(update(type, { [name]: of(admin) }, { [name]: of(arn("ReadOnlyAccess")) })).toEqual([]);
});

test("somebody more gets a wide policy", () => {
  const to = (...roles: string[]) => ({ policy_arn: admin, roles });
  expect(update("aws_iam_policy_attachment", to("a"), to("a", "b"))).toHaveLength(1);
  expect(update("aws_iam_policy_attachment", to("a", "b"), to("b"))).toEqual([]);
});

test("boundaries", () => {
  const boundary = (permissions_boundary: string | null) => ({ permissions_boundary });
  const own = "arn:aws:iam::123456789012:policy/boundary";
  const change = (before: string | null, after: string | null, some: object = {}) =>
    update("aws_iam_role", boundary(before), boundary(after), some);
  expect(change(own, null)).toEqual(["high iam-broadened: the permissions boundary is taken away"]);
  expect(change(own, admin)).toEqual([
    `high iam-broadened: the permissions boundary is no longer ${own} but ${admin}`,
  ]);
  expect(change(own, `${own}2`)[0]).toMatch(/^medium .* is no longer/);
  expect(change(own, null, { after_unknown: { permissions_boundary: true } })[0]).toMatch(
    /^medium .*known only after the apply/,
  );
  expect(change(own, own)).toEqual([]);
  expect(change(null, own)).toEqual([]);
  expect(change("", "")).toEqual([]);
});
