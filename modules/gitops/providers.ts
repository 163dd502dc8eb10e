import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { Fn, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/**
 * Versions of the Kubernetes provider that Groundplan's output is valid for: the bindings are typed against 2.38. Version 3
 * deprecates the types without a version (`kubernetes_namespace`), which stand in no stack: `kubernetes_namespace_v1` and
 * `kubernetes_secret_v1` do, and have kept their arguments and their state.
 */
export const KUBERNETES_PROVIDER_VERSIONS = ">= 2.38.0, < 4.0.0";

/** Versions of the Helm provider: the bindings are typed against 3.1, whose `kubernetes` is an attribute and no block. */
export const HELM_PROVIDER_VERSIONS = ">= 3.1.0, < 4.0.0";

/** Where a cluster is, and who it is. */
export interface ClusterAccess {
  /** Name of the EKS cluster. */
  readonly name: string;

  /** URL of its API server. */
  readonly endpoint: string;

  /** Certificate authority of the API server, base64. */
  readonly certificateAuthorityData: string;

  /** AWS Region of the cluster. */
  readonly region: string;

  /** ARN of the role that administers the cluster; whoever runs Terraform assumes it for a token. */
  readonly adminRoleArn: string;
}

/**
 * The Kubernetes and the Helm provider of a stack, held to one cluster.
 *
 * Both ask `aws eks get-token` for a token of 15 minutes at each run, so that none lies in the state or
 * in a plan. The AWS CLI must be where Terraform runs, and its principal must be let assume the admin role.
 *
 * @see https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs#exec-plugins
 */
export function clusterProviders(scope: Construct, access: ClusterAccess): void {
  const connection = {
    host: access.endpoint,
    clusterCaCertificate: Fn.base64decode(access.certificateAuthorityData),
  };
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: [
      ...["eks", "get-token", "--output", "json"],
      ...["--cluster-name", access.name, "--region", access.region, "--role-arn", access.adminRoleArn],
    ],
  };
  new KubernetesProvider(scope, "kubernetes", { ...connection, exec: [exec] });
  new Helm3Provider(scope, "helm", { kubernetes: { ...connection, exec } });
  const stack = TerraformStack.of(scope);
  stack.addOverride("terraform.required_providers.kubernetes.version", KUBERNETES_PROVIDER_VERSIONS);
  stack.addOverride("terraform.required_providers.helm.version", HELM_PROVIDER_VERSIONS);
}

/**
 * The Helm provider, whose `kubernetes` is an attribute since version 3. In HCL the bindings still write a block, which
 * the provider refuses; in JSON the two look alike.
 */
class Helm3Provider extends HelmProvider {
  protected override synthesizeHclAttributes(): ReturnType<HelmProvider["synthesizeHclAttributes"]> {
    // By a function: CDKTF renders a list within a map as another map.
    const value = Fn.merge([this.synthesizeAttributes().kubernetes]);
    return {
      ...super.synthesizeHclAttributes(),
      kubernetes: { value, isBlock: false, type: "simple", storageClassType: "string" },
    };
  }
}
