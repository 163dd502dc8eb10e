import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand, DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { trust } from "./resources";

/** Lets anyone of the account take on a role. */
export const ANYONE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
});

/** What lies around a cluster, made in an emulator by the real SDK. */
export class EksFixtures {
  readonly eks: EKSClient;
  private readonly iam: IAMClient;
  private readonly ec2: EC2Client;

  /** @param accessKeyId - of 12 digits for an account of its own. @default - the emulator's account */
  constructor(emulator: Readonly<Record<string, string>>, accessKeyId?: string, region = "us-east-1") {
    const settings = {
      endpoint: emulator.AWS_ENDPOINT_URL ?? "",
      region,
      maxAttempts: 1,
      credentials: {
        accessKeyId: accessKeyId ?? emulator.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: emulator.AWS_SECRET_ACCESS_KEY ?? "",
      },
    };
    this.eks = new EKSClient(settings);
    this.iam = new IAMClient(settings);
    this.ec2 = new EC2Client(settings);
  }

  /** @returns its ARN. */
  async role(RoleName: string, AssumeRolePolicyDocument: string, Path = "/"): Promise<string> {
    const { Role } = await this.iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument }));
    return Role?.Arn ?? "";
  }

  /** A VPC with subnets in zones. @returns the subnets' ids. */
  async subnets(...zones: readonly string[]): Promise<string[]> {
    const { Vpc } = await this.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const made = zones.map(async (AvailabilityZone, index) => {
      const CidrBlock = `10.0.${index}.0/24`;
      const { Subnet } = await this.ec2.send(
        new CreateSubnetCommand({ VpcId: Vpc?.VpcId, AvailabilityZone, CidrBlock }),
      );
      return Subnet?.SubnetId ?? "";
    });
    return Promise.all(made);
  }

  /** Names of the security groups that EKS has made for a cluster. */
  async groupsOf(cluster: string): Promise<string[]> {
    const Filters = [{ Name: "tag:aws:eks:cluster-name", Values: [cluster] }];
    const { SecurityGroups = [] } = await this.ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    return SecurityGroups.map(({ GroupName = "" }) => GroupName);
  }

  /** A cluster of 1.34 with access entries, and the creator not among them. */
  async cluster(name: string, subnetIds: string[]): Promise<void> {
    await this.eks.send(
      new CreateClusterCommand({
        name,
        version: "1.34",
        roleArn: await this.role(`${name}-cluster`, trust("eks.amazonaws.com")),
        resourcesVpcConfig: { subnetIds },
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      }),
    );
    await this.settled(name);
  }

  /** Waits until nothing is under way with a cluster. */
  async settled(name: string): Promise<void> {
    const { cluster } = await this.eks.send(new DescribeClusterCommand({ name }));
    if (cluster?.status !== "ACTIVE") await this.settled(name);
  }
}
