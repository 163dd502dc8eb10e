import type { Service } from "../service";
import { createFlowLogs, describeFlowLogs, hideOptionsTag } from "./flow-logs";

import { Instances } from "./instances/instances";
import { withoutOwnTags } from "./launch-templates";
import { modifyVpcEndpoint } from "./modify-vpc-endpoint";
import { recycleBin } from "./recycle-bin";
import { authorizeWithDescription } from "./security-group-rules";
import { findByAssociation, plainState } from "./subnet-ipv6";

export const ec2: Service = {
  name: "ec2",
  engine: "moto",
  why: "VPCs, endpoints and flow logs are clean; MiniStack's are not",
  operations: ({ stateFile, hosts }) => new Instances(stateFile, hosts),
  patches: [
    "base_images.py",
    "images.py",
    "image_access.py",
    "machines.py",
    "network_attributes.py",
    "instance_attributes.py",
    "nat_gateways.py",
    "ipam.py",
  ],
  corrections: () => [
    authorizeWithDescription,
    createFlowLogs,
    describeFlowLogs,
    hideOptionsTag,
    recycleBin,
    modifyVpcEndpoint,
    plainState,
    findByAssociation,
    withoutOwnTags,
  ],
};
