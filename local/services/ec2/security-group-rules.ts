import { ofOperations } from "../../gateway/corrections";
import { call, parametersOf, textsOf } from "./query";

const AUTHORIZE = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"];

/**
 * A rule that names another group has a description. moto keeps one for rules of addresses only, when the rule is
 * made; when it is modified, for each. So the rule gets its description that way.
 *
 * For requests with one rule, as Terraform's resources of single rules make them; others pass as they are.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html
 */
export const authorizeWithDescription = ofOperations(AUTHORIZE, async (request, forward) => {
  const response = await forward(request);
  const parameters = parametersOf(request);
  const named = [...parameters].flatMap(([name, value]) => {
    const pair = /^IpPermissions\.1\.(?:Groups|UserIdGroupPairs)\.1\.Description$/.test(name);
    return pair
      ? [{ description: value, group: parameters.get(name.replace("Description", "GroupId")) }]
      : [];
  });
  const [rule, ...otherRules] = textsOf(response, "securityGroupRuleId");
  const [pair] = named;
  if (response.status !== 200 || rule === undefined || otherRules.length > 0 || !pair?.group) return response;

  const port = (name: string) => parameters.get(`IpPermissions.1.${name}`) ?? "-1";
  const of = "SecurityGroupRule.1";
  await forward(
    call(request, "ModifySecurityGroupRules", {
      GroupId: parameters.get("GroupId") ?? "",
      [`${of}.SecurityGroupRuleId`]: rule,
      [`${of}.SecurityGroupRule.IpProtocol`]: parameters.get("IpPermissions.1.IpProtocol") ?? "-1",
      [`${of}.SecurityGroupRule.FromPort`]: port("FromPort"),
      [`${of}.SecurityGroupRule.ToPort`]: port("ToPort"),
      [`${of}.SecurityGroupRule.ReferencedGroupId`]: pair.group,
      [`${of}.SecurityGroupRule.Description`]: pair.description,
    }),
  );
  return response;
});
