import { EksFargateProfile } from "@cdktf/provider-aws/lib/eks-fargate-profile";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { FargateProfileOptions } from "./fargate-options";

/** Properties of {@link FargateProfiles}. */
export interface FargateProfilesProps {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** The profiles by name, each with the subnets that its pods start in. */
  readonly profiles: Readonly<
    Record<string, FargateProfileOptions & { readonly subnetIds: readonly string[] }>
  >;

  /** ARN of the role by which Fargate pulls images and writes logs. */
  readonly roleArn: string;

  /** What stands before the first pod: the cluster, and the policies of that role. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Pods that run on Fargate: those of the namespaces and labels that a profile names.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
 */
export class FargateProfiles extends Construct {
  constructor(scope: Construct, id: string, props: FargateProfilesProps) {
    super(scope, id);
    for (const [name, { selectors, subnetIds }] of Object.entries(props.profiles)) {
      new EksFargateProfile(new Construct(this, name), "profile", {
        clusterName: props.clusterName,
        fargateProfileName: name,
        podExecutionRoleArn: props.roleArn,
        subnetIds: [...subnetIds],
        selector: selectors.map(({ namespace, labels }) => ({
          namespace,
          ...(labels === undefined ? {} : { labels: { ...labels } }),
        })),
        tags: { Name: `${props.clusterName}-${name}` },
        dependsOn: [...props.dependsOn],
      });
    }
  }
}
