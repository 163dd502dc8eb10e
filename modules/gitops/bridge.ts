import { SynthError } from "../core/errors";
import { bridgeFaults } from "./bridge-faults";
import { type BridgeAddonFacts, type BridgeProps, CLUSTER_LABEL, IN_CLUSTER } from "./bridge-props";
import { ARGOCD_NAMESPACE, type Manifest } from "./manifest";

/** The manifest of a cluster Secret. */
export interface BridgeSecret extends Manifest {
  /** Always `Secret`. */
  readonly kind: "Secret";

  /** Always `Opaque`. */
  readonly type: "Opaque";

  /** How Argo CD reaches the cluster. */
  readonly stringData: { readonly name: string; readonly server: string; readonly config: string };

  /** Name, labels (add-ons that are enabled) and annotations (what Terraform made). */
  readonly metadata: Manifest["metadata"] & {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/**
 * The Secret over which Terraform tells Argo CD what it made: the GitOps bridge.
 *
 * It registers the cluster under its name. Its labels say which add-ons are enabled (`enable_<add-on>`), its annotations
 * what manifests cannot know: cluster, Region, account, VPC, and the role of each add-on.
 *
 * @see https://github.com/gitops-bridge-dev/gitops-bridge
 * @throws SynthError with every fault.
 */
export function bridgeSecret(props: BridgeProps): BridgeSecret {
  const faults = bridgeFaults(props);
  if (faults.length > 0) throw new SynthError(`bridge Secret of ${JSON.stringify(props.cluster)}`, faults);
  const { cluster, environment, account, region, vpcId, addons, connection = IN_CLUSTER } = props;
  const enabled = Object.entries(addons).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: cluster,
      namespace: ARGOCD_NAMESPACE,
      labels: {
        ...props.labels,
        ...CLUSTER_LABEL,
        environment,
        ...Object.fromEntries(enabled.map(([name]) => [`enable_${name}`, "true"])),
      },
      annotations: {
        aws_account_id: account,
        aws_cluster_name: cluster,
        aws_region: region,
        aws_vpc_id: vpcId,
        ...Object.fromEntries(enabled.flatMap(([name, facts]) => annotations(name, facts))),
      },
    },
    type: "Opaque",
    stringData: { name: cluster, server: connection.server, config: JSON.stringify(connection.config) },
  };
}

function annotations(
  name: string,
  { namespace, serviceAccount, roleArn }: BridgeAddonFacts,
): readonly (readonly [string, string])[] {
  return [
    [`${name}_namespace`, namespace],
    [`${name}_service_account`, serviceAccount],
    ...(roleArn === undefined ? [] : [[`${name}_iam_role_arn`, roleArn] as const]),
  ];
}
