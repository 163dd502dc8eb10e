import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { type RunnerPool, SYSTEMS } from "./ephemeral-props";

/** Properties of {@link instanceTemplate}. */
export interface InstanceTemplateProps {
  /** Name of the fleet and of the pool, e.g. `groundplan-dev-linux-x64`. */
  readonly name: string;

  /** What its instances are. */
  readonly pool: RunnerPool;

  /** Security groups of its instances. */
  readonly securityGroupIds: readonly string[];

  /** ARN of the profile by which they have their role. */
  readonly profileArn: string;

  /** What cloud-init runs. */
  readonly userData: string;

  /** Tags of instances and volumes. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The launch template of a pool: the newest image of its system at each launch, an encrypted volume, and a metadata
 * service that answers to sessions only and tells an instance its tags. Shut down, an instance is gone.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html
 */
export function instanceTemplate(
  scope: Construct,
  id: string,
  { name, pool, securityGroupIds, profileArn, userData, tags }: InstanceTemplateProps,
): LaunchTemplate {
  if (Token.isUnresolved(userData))
    throw new Error("user data has a value that Terraform knows later, and would not find in base64");
  const system = SYSTEMS[pool.system];
  const given = { ...tags, Name: name };
  return new LaunchTemplate(scope, id, {
    namePrefix: `${name}-`,
    description: `Runners of ${name}`,
    updateDefaultVersion: true,
    imageId: `resolve:ssm:${system[pool.architecture]}`,
    instanceInitiatedShutdownBehavior: "terminate",
    iamInstanceProfile: { arn: profileArn },
    vpcSecurityGroupIds: [...securityGroupIds],
    blockDeviceMappings: [
      {
        deviceName: system.device,
        ebs: {
          volumeType: "gp3",
          volumeSize: pool.diskGb,
          ...(pool.diskIops === undefined ? {} : { iops: pool.diskIops }),
          ...(pool.diskThroughput === undefined ? {} : { throughput: pool.diskThroughput }),
          encrypted: "true",
          deleteOnTermination: "true",
        },
      },
    ],
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      // A container is one hop further away.
      httpPutResponseHopLimit: pool.containerMetadata ? 2 : 1,
      instanceMetadataTags: "enabled",
    },
    tagSpecifications: [
      { resourceType: "instance", tags: given },
      { resourceType: "volume", tags: given },
    ],
    userData: Buffer.from(userData).toString("base64"),
    tags: { Name: name },
  });
}
