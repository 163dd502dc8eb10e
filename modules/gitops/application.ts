import { type Delivery, SYNC_RULES, type SyncRules } from "./delivery";
import { ARGOCD_NAMESPACE, type Manifest } from "./manifest";
import { applicationName, type Destination } from "./project";

/** Properties of {@link application}. */
export interface ApplicationProps {
  /** Name of the platform, and of the project that the application belongs to. */
  readonly platform: string;

  /** Git repository of the manifests. */
  readonly repositoryUrl: string;

  /**
   * Folder of the environment's Kustomize overlay in that repository.
   *
   * @default - `overlays/<environment>`
   */
  readonly path?: string;

  /** Where the application lands. */
  readonly destination: Destination;

  /** How a change reaches the cluster. */
  readonly delivery: Delivery;

  /**
   * Branch, tag or commit that is deployed.
   *
   * @default - `develop` for `continuous`, else `main`
   */
  readonly revision?: string;

  /**
   * What a canary writes into objects that Git has, and Argo CD leaves alone.
   *
   * @default - none: there is no canary
   */
  readonly canary?: CanaryTraces;

  /** Slack channel that hears of syncs, without `#`. */
  readonly slackChannel: string;

  /** Name of the PagerDuty service that hears of degraded health: the key of its integration in the notifications Secret. */
  readonly pagerDutyService: string;
}

/** Where the controller of Argo Rollouts writes beside Argo CD. */
export interface CanaryTraces {
  /** Service that the weights of the load balancer are written for. @default - none: there is no load balancer */
  readonly rootService?: string;
}

/** The manifest of an Argo CD application. */
export interface Application extends Manifest {
  /** Always `Application`. */
  readonly kind: "Application";

  /** What is deployed where, and how it is synced. */
  readonly spec: {
    readonly project: string;
    readonly source: { readonly repoURL: string; readonly targetRevision: string; readonly path: string };
    readonly destination: { readonly name: string; readonly namespace: string };
    readonly syncPolicy: {
      readonly automated?: { readonly prune: true; readonly selfHeal: true; readonly allowEmpty: false };
      readonly syncOptions: readonly string[];
      readonly retry?: { readonly limit: number; readonly backoff: object };
    };
    readonly ignoreDifferences: readonly {
      readonly group: string;
      readonly kind: string;
      readonly jsonPointers: readonly string[];
    }[];
    readonly revisionHistoryLimit: number;
  };
}

/**
 * Removes the objects of an application together with it.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/#about-the-deletion-finalizer
 */
const CASCADE = "resources-finalizer.argocd.argoproj.io";

/**
 * The application of an environment: its Kustomize overlay, and the rules by which it is synced.
 *
 * Only where delivery is `continuous` does deleting the Application delete what it deployed; elsewhere a
 * slip of the hand leaves the pods running.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#applications
 */
export function application(props: ApplicationProps): Application {
  const { platform, destination, repositoryUrl } = props;
  const rules = SYNC_RULES[props.delivery];
  const annotations = annotationsOf(rules, props);
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: applicationName(platform, destination.environment),
      namespace: ARGOCD_NAMESPACE,
      labels: {
        "app.kubernetes.io/part-of": platform,
        "groundplan.dev/environment": destination.environment,
      },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...(rules.automated ? { finalizers: [CASCADE] } : {}),
    },
    spec: {
      project: platform,
      source: {
        repoURL: repositoryUrl,
        targetRevision: props.revision ?? rules.revision,
        path: props.path ?? `overlays/${destination.environment}`,
      },
      destination: { name: destination.cluster, namespace: destination.namespace },
      syncPolicy: syncPolicy(rules),
      ignoreDifferences: [
        { group: "apps", kind: "Deployment", jsonPointers: ["/spec/replicas"] },
        { group: "argoproj.io", kind: "Rollout", jsonPointers: ["/spec/replicas"] },
        ...(props.canary ? canaryTraces(props.canary) : []),
      ],
      revisionHistoryLimit: 10,
    },
  };
}

/**
 * A sync in the middle of a canary would send the stable Service to the pods of both versions, and all of the load
 * balancer's traffic to the stable one.
 */
function canaryTraces({ rootService }: CanaryTraces): Application["spec"]["ignoreDifferences"] {
  const annotation = (name: string) => `/metadata/annotations/${name.replaceAll("/", "~1")}`;
  return [
    { group: "", kind: "Service", jsonPointers: ["/spec/selector/rollouts-pod-template-hash"] },
    ...(rootService === undefined
      ? []
      : [
          {
            group: "networking.k8s.io",
            kind: "Ingress",
            jsonPointers: [
              annotation(`alb.ingress.kubernetes.io/actions.${rootService}`),
              annotation("rollouts.argoproj.io/managed-alb-actions"),
            ],
          },
        ]),
  ];
}

function syncPolicy({ automated, syncOptions, retry }: SyncRules): Application["spec"]["syncPolicy"] {
  return {
    ...(automated ? { automated: { prune: true, selfHeal: true, allowEmpty: false } } : {}),
    syncOptions,
    ...(retry === "none"
      ? {}
      : {
          retry: {
            limit: retry.limit,
            backoff: { duration: retry.duration, factor: retry.factor, maxDuration: retry.maxDuration },
          },
        }),
  };
}

/** @see https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/subscriptions/ */
function annotationsOf(rules: SyncRules, props: ApplicationProps): Readonly<Record<string, string>> {
  const subscribe = (trigger: string, service: string) =>
    `notifications.argoproj.io/subscribe.${trigger}.${service}`;
  return {
    ...(rules.wave === undefined ? {} : { "argocd.argoproj.io/sync-wave": String(rules.wave) }),
    ...(rules.slack
      ? {
          [subscribe("on-sync-succeeded", "slack")]: props.slackChannel,
          [subscribe("on-sync-failed", "slack")]: props.slackChannel,
        }
      : {}),
    ...(rules.pagerDuty ? { [subscribe("on-health-degraded", "pagerdutyv2")]: props.pagerDutyService } : {}),
  };
}
