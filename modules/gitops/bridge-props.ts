/** What the bridge tells of one add-on that is enabled. */
export interface BridgeAddonFacts {
  /** Namespace that it runs in. */
  readonly namespace: string;

  /** Its service account. */
  readonly serviceAccount: string;

  /**
   * ARN of the role by which it uses AWS.
   *
   * @default - none: it uses no AWS API
   */
  readonly roleArn?: string;
}

/** How Argo CD reaches the cluster. */
export interface ClusterConnection {
  /** URL of the API server. */
  readonly server: string;

  /** Credentials and certificates, in Argo CD's words. */
  readonly config: ClusterConfig;
}

/**
 * The `config` of a cluster Secret.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
export interface ClusterConfig {
  /** How the API server's certificate is judged, and a client's own certificate. */
  readonly tlsClientConfig: {
    readonly insecure: boolean;
    /** Name that the certificate is for, when it is not the URL's. */
    readonly serverName?: string;
    /** Certificate authority, client certificate and its key, base64. */
    readonly caData?: string;
    readonly certData?: string;
    readonly keyData?: string;
  };

  /** Token of a service account of the cluster. */
  readonly bearerToken?: string;

  /** An EKS cluster of another account or Region: Argo CD asks STS for tokens. */
  readonly awsAuthConfig?: { readonly clusterName: string; readonly roleARN?: string };
}

/** The cluster that Argo CD itself runs in, by the service account of its controller. */
export const IN_CLUSTER: ClusterConnection = {
  server: "https://kubernetes.default.svc",
  config: { tlsClientConfig: { insecure: false } },
};

/** What Terraform knows of a cluster and GitOps needs to know. A value that is still a token is not judged. */
export interface BridgeProps {
  /** Name of the cluster, by which applications address it; a DNS name, up to 100 characters. */
  readonly cluster: string;

  /** Name of the environment, e.g. `dev`. */
  readonly environment: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** Id of the cluster's VPC, e.g. `vpc-0123456789abcdef0`. */
  readonly vpcId: string;

  /** The add-ons that are enabled, by their names in labels and annotations: `metrics_server`. */
  readonly addons: Readonly<Record<string, BridgeAddonFacts>>;

  /**
   * Names that `addons` may have.
   *
   * @default - those of the registry's charts
   */
  readonly knownAddons?: readonly string[];

  /** More labels, by which an ApplicationSet may choose clusters. */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * The cluster that Argo CD deploys to, and how it is reached.
   *
   * @default IN_CLUSTER
   */
  readonly connection?: ClusterConnection;
}

/** Marks the Secret as a cluster of Argo CD. */
export const CLUSTER_LABEL = { "argocd.argoproj.io/secret-type": "cluster" } as const;
