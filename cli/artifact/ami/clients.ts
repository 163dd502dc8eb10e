import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { KMSClient } from "@aws-sdk/client-kms";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SSMClient } from "@aws-sdk/client-ssm";

/** How often a request is sent at most: EC2 throttles whoever asks much, and a build of 15 minutes waits rather than fails. */
const ATTEMPTS = 8;

/** The clients of one Region. */
export interface RegionClients {
  readonly region: string;
  readonly ec2: EC2Client;
  readonly autoscaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly quotas: ServiceQuotasClient;
  readonly kms: KMSClient;
}

/** The clients of a Region. Their credentials are asked for anew when they expire. */
export function clientsOf(region: string, maxAttempts = ATTEMPTS): RegionClients {
  const settings = { region, maxAttempts };
  return {
    region,
    ec2: new EC2Client(settings),
    autoscaling: new AutoScalingClient(settings),
    ssm: new SSMClient(settings),
    quotas: new ServiceQuotasClient(settings),
    kms: new KMSClient(settings),
  };
}
