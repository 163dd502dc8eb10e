import { ARGO_CD } from "./charts";
import { type NotificationsValues, notifications } from "./notifications";
import { oidcConfig, type Sso } from "./sso";

/** Properties of {@link argoCdValues}. */
export interface ArgoCdValuesProps {
  /** Name of the host that Argo CD's page is reached under, e.g. `argocd.dev.example.com`. */
  readonly domain: string;

  /** Two of each server and a Redis of three: for environments in which a lost node must not stop deployments. */
  readonly highAvailability: boolean;

  /** SSO groups that may do everything in Argo CD. */
  readonly admins: readonly string[];

  /** Name of the PagerDuty service that hears of degraded health. */
  readonly pagerDutyService: string;

  /**
   * Seconds after which a sync ends that waits for health, 1 or more; longer than an app's rollout with its canary may take.
   *
   * @default 900: more than a Deployment's progress deadline, which is 600
   */
  readonly syncTimeout?: number;

  /**
   * How people sign in.
   *
   * @default - none: only the local admin may sign in
   */
  readonly sso?: Sso;
}

/** CPU and memory, in Kubernetes' units. */
interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

interface Replicated {
  readonly replicas: number;
  readonly pdb: { readonly enabled: boolean; readonly maxUnavailable?: number };
  readonly resources: Resources;
}

/**
 * The values of the argo-cd chart, as far as Groundplan sets them.
 *
 * @see https://github.com/argoproj/argo-helm/tree/argo-cd-10.9.2/charts/argo-cd#argo-cd-chart-values
 */
export interface ArgoCdValues {
  /** Values of all parts. */
  readonly global: {
    readonly domain: string;
    readonly image: { readonly tag: string };
    readonly networkPolicy: { readonly create: boolean };
  };

  /** Argo CD's own settings: accounts, roles, what is compared. */
  readonly configs: {
    readonly cm: Readonly<Record<string, string | boolean>>;
    readonly params: Readonly<Record<string, string | boolean>>;
    readonly rbac: {
      readonly "policy.default": string;
      readonly "policy.csv": string;
      readonly scopes: string;
    };
  };

  /** Whether the chart keeps its custom resource definitions. */
  readonly crds: { readonly install: boolean; readonly keep: boolean };

  /** The application controller. */
  readonly controller: { readonly resources: Resources };

  /** The repository server, which renders manifests. */
  readonly repoServer: Replicated;

  /** The API server and its page. */
  readonly server: Replicated;

  /** The ApplicationSet controller. */
  readonly applicationSet: Replicated;

  /** The cache. */
  readonly redis: { readonly enabled: boolean; readonly resources?: Resources };
  readonly "redis-ha": { readonly enabled: boolean };

  /** The identity broker. */
  readonly dex: { readonly enabled: boolean };

  /** Who hears of what. */
  readonly notifications: NotificationsValues;
}

/** Seconds for the health of a sync without a canary. */
export const SYNC_TIMEOUT = 900;

/** The values for an environment. */
export function argoCdValues(props: ArgoCdValuesProps): ArgoCdValues {
  const { domain, highAvailability, admins, sso } = props;
  const replicated = (cpu: string, memory: string, limit: string): Replicated => ({
    replicas: highAvailability ? 2 : 1,
    pdb: highAvailability ? { enabled: true, maxUnavailable: 1 } : { enabled: false },
    resources: resources(cpu, memory, limit),
  });
  return {
    // The chart's own is an older patch of the line.
    global: { domain, image: { tag: `v${ARGO_CD.appVersion}` }, networkPolicy: { create: true } },
    configs: {
      cm: {
        "application.resourceTrackingMethod": "annotation",
        // A fallback: a webhook from GitHub makes it seconds.
        "timeout.reconciliation": "180s",
        "exec.enabled": false,
        "statusbadge.enabled": false,
        ...(sso ? { "oidc.config": oidcConfig(sso) } : {}),
      },
      params: {
        // TLS ends at the load balancer or at `kubectl port-forward`.
        "server.insecure": true,
        "applicationsetcontroller.enable.progressive.syncs": true,
        // By default it waits for ever: pods that never become ready would keep out the commit that mends them.
        "controller.sync.timeout.seconds": String(props.syncTimeout ?? SYNC_TIMEOUT),
      },
      rbac: {
        // Whoever is in no group sees nothing; the project's roles say what developers may.
        "policy.default": "",
        "policy.csv": admins.map((group) => `g, ${group}, role:admin\n`).join(""),
        scopes: "[groups]",
      },
    },
    // Deleting the CRDs would delete every Application with them.
    crds: { install: true, keep: true },
    controller: { resources: resources("250m", "512Mi", "2Gi") },
    repoServer: replicated("100m", "256Mi", "1Gi"),
    server: replicated("50m", "128Mi", "512Mi"),
    applicationSet: replicated("50m", "64Mi", "256Mi"),
    redis: highAvailability
      ? { enabled: false }
      : { enabled: true, resources: resources("50m", "64Mi", "256Mi") },
    "redis-ha": { enabled: highAvailability },
    dex: { enabled: false },
    notifications: notifications({ pagerDutyService: props.pagerDutyService }),
  };
}

/** Memory has a limit; CPU has none, since a throttled controller only falls behind. */
function resources(cpu: string, memory: string, limit: string): Resources {
  return { requests: { cpu, memory }, limits: { memory: limit } };
}
