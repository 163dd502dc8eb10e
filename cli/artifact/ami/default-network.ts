import { DescribeSubnetsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RegionClients } from "./clients";

/** The default VPC of a Region, in which EC2 starts a machine for which no subnet is named; or what it lacks. */
export async function defaultVpc({ ec2, region }: RegionClients): Promise<string | CliError> {
  const named = "name a subnet that reaches the internet: --subnet subnet-…; or make one:";
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
  );
  const [vpc] = Vpcs;
  if (vpc?.VpcId === undefined)
    return new CliError(
      EXIT.MISSING,
      `${region} has no default VPC`,
      `${named} aws ec2 create-default-vpc --region ${region}`,
    );
  const Filters = [
    { Name: "default-for-az", Values: ["true"] },
    { Name: "vpc-id", Values: [vpc.VpcId] },
  ];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  if (Subnets.length > 0) return vpc.VpcId;
  return new CliError(
    EXIT.MISSING,
    `the default VPC of ${region}, ${vpc.VpcId}, has no default subnet`,
    `${named} aws ec2 create-default-subnet --region ${region} --availability-zone ${region}a`,
  );
}
