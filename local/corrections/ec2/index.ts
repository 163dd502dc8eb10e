import { isForm, type WholeRequest, type WholeResponse } from "../../gateway/exchange";
import type { Correction } from "../../gateway/service";
import { createFlowLogs, describeFlowLogs, withoutTag } from "./flow-logs";
import { withoutOwnTags } from "./launch-templates";
import { modifyVpcEndpoint } from "./modify-vpc-endpoint";
import { type Forward, type Mend, withBody } from "./query";
import { authorizeWithDescription } from "./security-group-rules";
import { describeSubnets, plainState } from "./subnet-ipv6";

const withPlainState: Mend = async (request, forward) => plainState(await forward(request));

const MENDS: Readonly<Record<string, Mend>> = {
  AssociateSubnetCidrBlock: withPlainState,
  AuthorizeSecurityGroupEgress: authorizeWithDescription,
  AuthorizeSecurityGroupIngress: authorizeWithDescription,
  CreateFlowLogs: createFlowLogs,
  CreateSubnet: withPlainState,
  DescribeFlowLogs: describeFlowLogs,
  DescribeLaunchTemplateVersions: withoutOwnTags,
  DescribeSubnets: describeSubnets,
  DescribeTags: async (request, forward) => {
    const response = await forward(request);
    return withBody(response, withoutTag(String(response.body)));
  },
  DisassociateSubnetCidrBlock: withPlainState,
  ModifyVpcEndpoint: modifyVpcEndpoint,
};

/** What moto answers differently from EC2. */
export const ec2: Correction = {
  service: "ec2",
  applies: isForm,
  correct(request: WholeRequest, forward: Forward): Promise<WholeResponse> {
    const mend = MENDS[request.operation];
    return mend ? mend(request, forward) : forward(request);
  },
};
