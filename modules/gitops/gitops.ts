import { SynthError } from "../core/errors";
import type { ApplicationProps, CanaryTraces } from "./application";
import type { Delivery } from "./delivery";
import { type AppProjectProps, applicationName, type Destination } from "./project";
import type { Sso } from "./sso";

/** One environment as GitOps sees it. */
export interface GitOpsEnvironment {
  /** Name of the environment, e.g. `dev`. */
  readonly name: string;

  /** How a change in Git reaches its cluster. */
  readonly delivery: Delivery;

  /**
   * Branch, tag or commit that is deployed.
   *
   * @default - `develop` for `continuous`, else `main`
   */
  readonly revision?: string;

  /** What a canary writes beside Argo CD. @default - none: there is no canary */
  readonly canary?: CanaryTraces;
}

/** Properties of {@link GitOps}. */
export interface GitOpsProps {
  /** Name of the platform; begins the names of clusters, applications and namespaces. */
  readonly platform: string;

  /** Git repository of the manifests. */
  readonly repositoryUrl: string;

  /** Slack channel that hears of syncs, without `#`. */
  readonly slackChannel: string;

  /** Name of the PagerDuty service that hears of degraded health. */
  readonly pagerDutyService: string;

  /** SSO groups that see everything, and sync where delivery is continuous. */
  readonly developers: readonly string[];

  /** SSO groups that may do everything. */
  readonly admins: readonly string[];

  /** How people sign in to Argo CD. @default - none: only the local admin may */
  readonly sso?: Sso;

  /** Environments that are deployed from Git, in the order of promotion. */
  readonly environments: readonly GitOpsEnvironment[];
}

/**
 * What is deployed from Git, in all environments: the one source of the addons stacks and of the manifests
 * in `argocd/`. Each environment has a cluster and an Argo CD of its own; the project is the same in all.
 */
export class GitOps {
  /** Name of the PagerDuty service that hears of degraded health. */
  readonly pagerDutyService: string;

  /** How people sign in to Argo CD; undefined when only the local admin may. */
  readonly sso: Sso | undefined;

  /** The project, for {@link appProject}. */
  readonly project: AppProjectProps;

  constructor(private readonly props: GitOpsProps) {
    this.pagerDutyService = props.pagerDutyService;
    this.sso = props.sso;
    this.project = {
      platform: props.platform,
      repositoryUrl: props.repositoryUrl,
      destinations: props.environments.map(({ name }) => this.destination(name)),
      developers: props.developers,
      admins: props.admins,
      developersMaySync: props.environments
        .filter(({ delivery }) => delivery === "continuous")
        .map(({ name }) => name),
    };
  }

  /** The application of an environment, for {@link application}. @throws SynthError when there is no such environment. */
  application(environment: string): ApplicationProps {
    const found = this.props.environments.find(({ name }) => name === environment);
    if (!found) {
      const names = this.props.environments.map(({ name }) => JSON.stringify(name)).join(", ");
      throw new SynthError(`GitOps of ${JSON.stringify(this.props.platform)}`, [
        { what: `there is no environment ${JSON.stringify(environment)}`, instead: `use one of ${names}` },
      ]);
    }
    const { platform, repositoryUrl, slackChannel, pagerDutyService } = this.props;
    return {
      platform,
      repositoryUrl,
      destination: this.destination(environment),
      delivery: found.delivery,
      ...(found.revision === undefined ? {} : { revision: found.revision }),
      ...(found.canary === undefined ? {} : { canary: found.canary }),
      slackChannel,
      pagerDutyService,
    };
  }

  /** Where an environment's application lands: its cluster, and the namespace of the same name. */
  destination(environment: string): Destination {
    const name = applicationName(this.props.platform, environment);
    return { environment, cluster: name, namespace: name };
  }
}
