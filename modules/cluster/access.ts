import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { EksAccessPolicyAssociation } from "@cdktf/provider-aws/lib/eks-access-policy-association";
import { Construct } from "constructs";
import { ACCESS_POLICIES, type AccessOptions } from "./access-options";

/** Properties of {@link AccessEntries}. */
export interface AccessEntriesProps {
  /** Name of the cluster. */
  readonly clusterName: string;

  /** Partition of the Region, as it stands in ARNs. */
  readonly partition: string;

  /** Who gets in, by name. */
  readonly entries: Readonly<Record<string, AccessOptions>>;
}

/**
 * Who gets into a cluster: each an access entry, keyed by its name, and an association for each of its policies.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export class AccessEntries extends Construct {
  /** Entries and associations by name: whoever talks to the cluster as that principal depends on them. */
  readonly resources = new Map<string, readonly (EksAccessEntry | EksAccessPolicyAssociation)[]>();

  constructor(scope: Construct, id: string, props: AccessEntriesProps) {
    super(scope, id);
    for (const [name, access] of Object.entries(props.entries)) this.add(name, access, props);
  }

  private add(name: string, access: AccessOptions, { clusterName, partition }: AccessEntriesProps): void {
    const { principalArn, policies = {}, groups = [] } = access;
    const scope = new Construct(this, name);
    const entry = new EksAccessEntry(scope, "entry", {
      clusterName,
      principalArn,
      type: "STANDARD",
      ...(groups.length === 0 ? {} : { kubernetesGroups: [...groups] }),
      tags: { Name: name },
    });
    const associations = ACCESS_POLICIES.flatMap((policy) => {
      const reach = policies[policy];
      if (reach === undefined) return [];
      return [
        new EksAccessPolicyAssociation(scope, policy, {
          clusterName,
          principalArn: entry.principalArn,
          policyArn: `arn:${partition}:eks::aws:cluster-access-policy/${policy}`,
          accessScope: reach === "*" ? { type: "cluster" } : { type: "namespace", namespaces: [...reach] },
        }),
      ];
    });
    this.resources.set(name, [entry, ...associations]);
  }
}
