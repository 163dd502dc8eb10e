import type { ListedInstance } from "../../../../../local/services/ec2/instances/listed";

/** An instance as `machines.py` describes it. */
export function listed(more: Partial<ListedInstance> = {}): ListedInstance {
  return {
    account: "123456789012",
    region: "us-east-1",
    id: "i-0123456789abcdef0",
    state: "running",
    boots: 1,
    imageId: "ami-1",
    type: "t4g.small",
    architecture: "arm64",
    address: "10.0.1.5",
    publicAddress: "54.1.2.3",
    ipv6Addresses: [],
    mac: "02:00:00:00:00:05",
    interfaceId: "eni-1",
    hostName: "ip-10-0-1-5.ec2.internal",
    publicHostName: "ec2-54-1-2-3.compute-1.amazonaws.com",
    subnetId: "subnet-1",
    vpcId: "vpc-1",
    zone: "us-east-1a",
    keyName: "key",
    publicKey: "ssh-ed25519 AAAA key",
    userData: Buffer.from("#!/bin/sh\n").toString("base64"),
    securityGroups: ["default"],
    securityGroupIds: ["sg-1"],
    profile: null,
    tags: { Name: "one", "groundplan:runner": "7" },
    lifecycle: "on-demand",
    shutdownBehavior: "stop",
    launchIndex: 0,
    metadata: { isEnabled: true, requiresToken: true, hopLimit: 1, tellsTags: true },
    ...more,
  };
}
