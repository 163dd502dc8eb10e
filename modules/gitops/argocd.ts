import type { Release } from "@cdktf/provider-helm/lib/release";
import type { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import { Construct } from "constructs";
import { application } from "./application";
import { type ArgoCdValuesProps, argoCdValues } from "./argocd-values";
import { bridgeSecret } from "./bridge";
import type { BridgeProps } from "./bridge-props";
import { ARGO_CD } from "./charts";
import type { GitOps } from "./gitops";
import { ARGOCD_NAMESPACE } from "./manifest";
import { restrictedNamespace } from "./namespace";
import { appProject } from "./project";
import { chartRelease, ManifestsRelease } from "./release";

/** Properties of {@link ArgoCd}. */
export interface ArgoCdProps {
  /** What Argo CD deploys, in all environments. */
  readonly gitops: GitOps;

  /** Name of the environment whose application it carries. */
  readonly environment: string;

  /** Name of the host that its page is reached under. */
  readonly domain: string;

  /**
   * Two of each of Argo CD's servers, and three of its Redis.
   *
   * @default false
   */
  readonly highAvailability?: boolean;

  /**
   * Seconds after which a sync ends that waits for health.
   *
   * @default - as {@link ArgoCdValuesProps.syncTimeout} says
   */
  readonly syncTimeout?: number;

  /** What Terraform tells Argo CD of the cluster. */
  readonly bridge: BridgeProps;
}

/**
 * Argo CD with the project, the application of one environment, and the cluster that it deploys to.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/architecture/
 */
export class ArgoCd extends Construct {
  /** Namespace that it runs in. */
  readonly namespace: NamespaceV1;

  /** The Helm release that installs it. */
  readonly release: Release;

  /** @throws SynthError with every fault of the project, the application or the bridge. */
  constructor(scope: Construct, id: string, props: ArgoCdProps) {
    super(scope, id);
    const { gitops, environment, bridge } = props;
    this.namespace = restrictedNamespace(this, "namespace", {
      name: ARGOCD_NAMESPACE,
      platform: gitops.project.platform,
    });
    const values: ArgoCdValuesProps = {
      domain: props.domain,
      highAvailability: props.highAvailability ?? false,
      admins: gitops.project.admins,
      pagerDutyService: gitops.pagerDutyService,
      ...(props.syncTimeout === undefined ? {} : { syncTimeout: props.syncTimeout }),
      ...(gitops.sso ? { sso: gitops.sso } : {}),
    };
    this.release = chartRelease(this, "release", {
      chart: ARGO_CD,
      namespace: ARGOCD_NAMESPACE,
      values: argoCdValues(values),
      dependsOn: [this.namespace],
    });
    const cluster = this.cluster(bridge);
    new ManifestsRelease(this, "deliveries", {
      releaseName: "argocd-deliveries",
      namespace: ARGOCD_NAMESPACE,
      manifests: [appProject(gitops.project), application(gitops.application(environment))],
      dependsOn: [this.release, cluster],
    });
  }

  private cluster(props: BridgeProps): SecretV1 {
    const { metadata, type, stringData } = bridgeSecret(props);
    return new SecretV1(this, "cluster", {
      metadata: {
        name: metadata.name,
        namespace: ARGOCD_NAMESPACE,
        labels: { ...metadata.labels },
        annotations: { ...metadata.annotations },
      },
      type,
      data: { ...stringData },
      dependsOn: [this.namespace],
    });
  }
}
