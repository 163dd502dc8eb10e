import type { WholeRequest } from "../../../../local/gateway/exchange";
import { correctEc2 } from "./correct";

const ONE = "<securityGroupRuleId>sgr-1</securityGroupRuleId>";

/** What reaches the emulator when a rule is authorized and it answers with some rules. */
async function sent(parameters: Record<string, string>, answer = ONE, status = 200) {
  const all: WholeRequest[] = [];
  const operation = parameters.Action ?? "AuthorizeSecurityGroupIngress";
  const request: WholeRequest = {
    method: "POST",
    url: "/",
    headers: {},
    scope: { accessKey: "key", region: "us-east-1", service: "ec2" },
    operation,
    body: Buffer.from(new URLSearchParams({ Action: operation, GroupId: "sg-1", ...parameters }).toString()),
  };
  await correctEc2(request, async (forwarded) => {
    all.push(forwarded);
    return { status, headers: {}, body: answer };
  });
  return all.map(
    ({ operation, body }) => [operation, Object.fromEntries(new URLSearchParams(String(body)))] as const,
  );
}

const HTTPS = {
  "IpPermissions.1.IpProtocol": "tcp",
  "IpPermissions.1.FromPort": "443",
  "IpPermissions.1.ToPort": "443",
  "IpPermissions.1.Groups.1.GroupId": "sg-2",
  "IpPermissions.1.Groups.1.Description": "nodes to the API",
};

test.each(["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"])(
  "%s: the rule that names a group gets its description",
  async (Action) => {
    const [first, second] = await sent({ Action, ...HTTPS });
    expect(first?.[0]).toBe(Action);
    expect(second).toEqual([
      "ModifySecurityGroupRules",
      {
        Action: "ModifySecurityGroupRules",
        Version: "2016-11-15",
        GroupId: "sg-1",
        "SecurityGroupRule.1.SecurityGroupRuleId": "sgr-1",
        "SecurityGroupRule.1.SecurityGroupRule.IpProtocol": "tcp",
        "SecurityGroupRule.1.SecurityGroupRule.FromPort": "443",
        "SecurityGroupRule.1.SecurityGroupRule.ToPort": "443",
        "SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId": "sg-2",
        "SecurityGroupRule.1.SecurityGroupRule.Description": "nodes to the API",
      },
    ]);
  },
);

test("all protocols have no ports", async () => {
  const [, second] = await sent({
    "IpPermissions.1.IpProtocol": "-1",
    "IpPermissions.1.Groups.1.GroupId": "sg-2",
    "IpPermissions.1.Groups.1.Description": "x",
  });
  expect(second?.[1]).toMatchObject({ "SecurityGroupRule.1.SecurityGroupRule.FromPort": "-1" });
});

test.each<[string, Record<string, string>, string, number]>([
  ["a rule of addresses", { "IpPermissions.1.IpRanges.1.CidrIp": "10.0.0.0/8" }, ONE, 200],
  ["a rule without a description", { "IpPermissions.1.Groups.1.GroupId": "sg-2" }, ONE, 200],
  ["a refused rule", HTTPS, "<Error/>", 400],
  ["several rules at once", HTTPS, ONE + ONE, 200],
])("%s passes as it is", async (_, parameters, answer, status) => {
  expect(await sent(parameters, answer, status)).toHaveLength(1);
});
