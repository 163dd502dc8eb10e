import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Fn } from "cdktf";
import type { Construct } from "constructs";

/** The OIDC provider of a cluster in IAM. */
export interface OidcProvider {
  /** ARN of the provider. */
  readonly arn: string;

  /** The issuer without its scheme. */
  readonly issuer: string;
}

/**
 * Makes the issuer of a cluster's service account tokens known to IAM, for IRSA.
 *
 * Without a thumbprint: IAM trusts the public authority that signs EKS's issuers, and does not look at thumbprints
 * there. Reading one with the `tls` provider would make every plan call the issuer over the network, and a renewed
 * certificate would look like drift.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
export function oidcProvider(scope: Construct, clusterName: string, issuerUrl: string): OidcProvider {
  const provider = new IamOpenidConnectProvider(scope, "oidc-provider", {
    url: issuerUrl,
    clientIdList: ["sts.amazonaws.com"],
    tags: { Name: `${clusterName}-irsa` },
  });
  return { arn: provider.arn, issuer: Fn.replace(issuerUrl, "https://", "") };
}
