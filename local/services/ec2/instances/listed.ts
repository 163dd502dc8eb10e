import type { Place } from "../../../gateway/exchange";

/** States of an instance. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html */
export type InstanceState = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

/** An instance as `machines.py` describes it. */
export interface ListedInstance extends Place {
  readonly id: string;
  readonly state: InstanceState;

  /** How often it was to boot: 1, and one more for each `RebootInstances`. */
  readonly boots: number;
  readonly imageId: string;
  readonly type: string;
  readonly architecture: string;
  readonly address: string;
  readonly publicAddress: string;
  readonly ipv6Addresses: readonly string[];
  readonly mac: string;
  readonly interfaceId: string;
  readonly hostName: string;
  readonly publicHostName: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly keyName: string;

  /** In the form of OpenSSH. */
  readonly publicKey: string;

  /** In base64. */
  readonly userData: string;
  readonly securityGroups: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly profile: { readonly arn: string; readonly id: string; readonly role: string } | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly lifecycle: string;
  readonly shutdownBehavior: string;
  readonly launchIndex: number;
  readonly metadata: {
    readonly isEnabled: boolean;
    readonly requiresToken: boolean;
    readonly hopLimit: number;
    readonly tellsTags: boolean;
  };
}

/** What has become of a machine. */
export interface InstanceChange extends Place {
  readonly id: string;
  readonly state?: InstanceState;

  /** States from which alone it comes into that one. */
  readonly from?: readonly InstanceState[];

  /** E.g. `Server.SpotInstanceTermination: Spot instance termination`. */
  readonly reason?: string;
  readonly machine?: { readonly status: "initializing" | "ok" };
}

/** All that moto holds of instances, in every account and Region. */
export interface Listing {
  readonly instances: readonly ListedInstance[];

  /** The snapshot of each image. */
  readonly images: Readonly<Record<string, string>>;
  readonly snapshots: readonly string[];
}
