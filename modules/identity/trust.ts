import type { PolicyStatement } from "../core/policy";

/** A Kubernetes service account. */
export interface ServiceAccount {
  /** Namespace of the service account. */
  readonly namespace: string;

  /** Name of the service account. */
  readonly name: string;
}

/** What the trust of a role for IRSA is made of. */
export interface IrsaTrust {
  /** ARN of the cluster's OIDC provider in IAM. */
  readonly oidcProviderArn: string;

  /** The cluster's issuer without its scheme, e.g. `oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE`. */
  readonly oidcIssuer: string;

  /** Service accounts whose pods may assume the role. */
  readonly serviceAccounts: readonly ServiceAccount[];
}

/**
 * The trust of a role for IAM roles for service accounts: tokens of the named service accounts, and those
 * that were made for AWS.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 */
export function irsaTrust(trust: IrsaTrust): readonly PolicyStatement[] {
  const subjects = trust.serviceAccounts.map(
    ({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`,
  );
  const [only] = subjects;
  return [
    {
      Effect: "Allow",
      Principal: { Federated: trust.oidcProviderArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${trust.oidcIssuer}:aud`]: "sts.amazonaws.com",
          [`${trust.oidcIssuer}:sub`]: subjects.length === 1 && only !== undefined ? only : subjects,
        },
      },
    },
  ];
}

/** Principal of EKS Pod Identity. */
export const POD_IDENTITY_SERVICE = "pods.eks.amazonaws.com";

/** What the trust of a role for Pod Identity is made of. */
export interface PodIdentityTrust {
  /** AWS account of the cluster, 12 digits. */
  readonly account: string;

  /** ARN of the cluster. */
  readonly clusterArn: string;

  /** Service account whose pods may assume the role. */
  readonly serviceAccount: ServiceAccount;
}

/**
 * The trust of a role for EKS Pod Identity: one service account of one cluster.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function podIdentityTrust(trust: PodIdentityTrust): readonly PolicyStatement[] {
  return [
    {
      Effect: "Allow",
      Principal: { Service: POD_IDENTITY_SERVICE },
      // The agent tags each session with the cluster, the namespace, the service account and the pod.
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": trust.account,
          "aws:RequestTag/kubernetes-namespace": trust.serviceAccount.namespace,
          "aws:RequestTag/kubernetes-service-account": trust.serviceAccount.name,
        },
        ArnEquals: { "aws:SourceArn": trust.clusterArn },
      },
    },
  ];
}
