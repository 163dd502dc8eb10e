import type { Fault } from "../core/errors";
import { SynthError } from "../core/errors";
import { ARGOCD_NAMESPACE, isDnsLabel, type Manifest } from "./manifest";

/** Where one environment's application lands. */
export interface Destination {
  /** Name of the environment, e.g. `dev`. */
  readonly environment: string;

  /** Name of the cluster, as the bridge Secret registers it. */
  readonly cluster: string;

  /** Namespace in it. */
  readonly namespace: string;
}

/** Properties of {@link appProject}. */
export interface AppProjectProps {
  /** Name of the platform, and of the project. */
  readonly platform: string;

  /** Git repository of the manifests; no other may be a source. */
  readonly repositoryUrl: string;

  /** Every place that an application of the project may land in. */
  readonly destinations: readonly Destination[];

  /** SSO groups that may see everything and sync where changes are tried first. */
  readonly developers: readonly string[];

  /** SSO groups that may do everything. */
  readonly admins: readonly string[];

  /** Environments whose application developers may sync. */
  readonly developersMaySync: readonly string[];
}

/** The manifest of an Argo CD project. */
export interface AppProject extends Manifest {
  /** Always `AppProject`. */
  readonly kind: "AppProject";

  /** What its applications may deploy, from where and to where, and who may do what. */
  readonly spec: {
    readonly description: string;
    readonly sourceRepos: readonly string[];
    readonly destinations: readonly { readonly name: string; readonly namespace: string }[];
    readonly clusterResourceWhitelist: readonly { readonly group: string; readonly kind: string }[];
    readonly roles: readonly {
      readonly name: string;
      readonly description: string;
      readonly policies: readonly string[];
      readonly groups: readonly string[];
    }[];
  };
}

/**
 * Name of the application of an environment: `<platform>-<environment>`. Its namespace is called the same,
 * so that environments can share a cluster.
 */
export function applicationName(platform: string, environment: string): string {
  return `${platform}-${environment}`;
}

/**
 * The project stays until no application refers to it: an application without its project cannot be torn down.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#project-deletion
 */
const UNTIL_UNUSED = "resources-finalizer.argocd.argoproj.io";

/**
 * The project that bounds what Argo CD may deploy: from one repository, into the namespaces of the
 * environments, with three kinds of objects outside of namespaces.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
 * @throws SynthError with every fault.
 */
export function appProject(props: AppProjectProps): AppProject {
  const faults = projectFaults(props);
  if (faults.length > 0) throw new SynthError(`AppProject ${JSON.stringify(props.platform)}`, faults);
  const { platform } = props;
  const rule = (role: string, resource: string, action: string, object: string) =>
    `p, proj:${platform}:${role}, ${resource}, ${action}, ${platform}/${object}, allow`;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: platform, namespace: ARGOCD_NAMESPACE, finalizers: [UNTIL_UNUSED] },
    spec: {
      description: `What ${platform} deploys, and where`,
      sourceRepos: [props.repositoryUrl],
      destinations: props.destinations.map(({ cluster, namespace }) => ({ name: cluster, namespace })),
      clusterResourceWhitelist: [
        { group: "", kind: "Namespace" },
        { group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
        { group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding" },
      ],
      roles: [
        {
          name: "developer",
          description: `See everything, sync ${props.developersMaySync.join(", ") || "nothing"}`,
          policies: [
            rule("developer", "applications", "get", "*"),
            // Since Argo CD 3.0 logs have a permission of their own.
            rule("developer", "logs", "get", "*"),
            ...props.developersMaySync.map((environment) =>
              rule("developer", "applications", "sync", applicationName(platform, environment)),
            ),
          ],
          groups: props.developers,
        },
        {
          name: "admin",
          description: "Do everything, in every environment",
          policies: [rule("admin", "applications", "*", "*"), rule("admin", "logs", "get", "*")],
          groups: props.admins,
        },
      ],
    },
  };
}

function projectFaults({
  repositoryUrl,
  destinations,
  developersMaySync,
}: AppProjectProps): readonly Fault[] {
  const faults: Fault[] = [];
  // A wildcard lets whoever can make a repository of that name deploy here.
  if (!/^(?:https:\/\/|ssh:\/\/|file:\/\/\/)[^*?\s]+$/.test(repositoryUrl)) {
    faults.push({
      what: `repositoryUrl ${JSON.stringify(repositoryUrl)} does not name one Git repository`,
      instead: 'use its whole URL without a wildcard, e.g. "https://github.com/groundplan/groundplan.git"',
    });
  }
  for (const { namespace } of destinations) {
    if (isDnsLabel(namespace)) continue;
    faults.push({
      what: `namespace ${JSON.stringify(namespace)} is not a DNS label of 1 to 63 characters`,
      instead: 'use lower-case letters, digits and hyphens, e.g. "groundplan-dev"',
    });
  }
  const known = destinations.map(({ environment }) => environment);
  for (const environment of developersMaySync.filter((one) => !known.includes(one))) {
    faults.push({
      what: `developersMaySync names ${JSON.stringify(environment)}, which has no destination`,
      instead: `use one of ${known.map((one) => JSON.stringify(one)).join(", ")}`,
    });
  }
  return faults;
}
