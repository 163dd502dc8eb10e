import { DescribeImagesCommand, GetImageBlockPublicAccessStateCommand } from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import type { RegionClients } from "./clients";

/** Public AMIs that an account may have in a Region: 5, unless AWS has raised it. */
export const PUBLIC_QUOTA = "L-0E3CBAB9";

/** What lifts the block: for the Region, and for every AMI of the account in it. */
export function blockedFault(region: string): CliError {
  return new CliError(
    EXIT.HELD,
    `${region} blocks public access for AMIs, as every new account and Region does`,
    `lift it: aws ec2 disable-image-block-public-access --region ${region}`,
    "it takes up to ten minutes, and is of all AMIs of the account in that Region",
  );
}

/** What is done about a full quota. */
export function quotaFault(region: string, count: number, quota: number): CliError {
  return new CliError(
    EXIT.HELD,
    `${region} has ${count} public AMIs, and the account may have ${quota} there`,
    `raise it: aws service-quotas request-service-quota-increase --region ${region} --service-code ec2 --quota-code ${PUBLIC_QUOTA} --desired-value ${Math.max(count + 5, quota + 5)}`,
    "or make an old release private: aws ec2 reset-image-attribute --attribute launchPermission --image-id <ami>",
  );
}

/** What keeps one more AMI from being public in a Region: asked before a build, and not after it. */
export async function publicFaults(clients: RegionClients): Promise<readonly CliError[]> {
  const { ec2, quotas, region } = clients;
  const { ImageBlockPublicAccessState: state } = await ec2.send(
    new GetImageBlockPublicAccessStateCommand({}),
  );
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ["self"], Filters: [{ Name: "is-public", Values: ["true"] }] }),
  );
  const { Quota } = await quotas.send(
    new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode: PUBLIC_QUOTA }),
  );
  const most = Quota?.Value;
  return [
    ...(state === "block-new-sharing" ? [blockedFault(region)] : []),
    ...(most !== undefined && Images.length >= most ? [quotaFault(region, Images.length, most)] : []),
  ];
}
