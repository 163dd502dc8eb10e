import type { Fault } from "../core/errors";

/** Pods that run on Fargate instead of on nodes. */
export interface FargateProfileOptions {
  /** Whose pods: of a namespace, and of all labels that are named with it; 1 to 5. */
  readonly selectors: readonly FargateSelector[];

  /** Zones that its pods start in. Changing them replaces the profile. @default - those of the cluster */
  readonly zones?: readonly string[];
}

/** Pods of a namespace; `*` and `?` stand for any characters, and for one. */
export interface FargateSelector {
  /** Name of the namespace, e.g. `jobs`, or `jobs-*`. */
  readonly namespace: string;

  /** Labels that a pod has, all of them. @default - any */
  readonly labels?: Readonly<Record<string, string>>;
}

const NAME = /^[a-z0-9](?:-?[a-z0-9]){0,62}$/;
/** Labels of a selector. @see https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const MAX_LABELS = 5;

const NAMESPACE = /^[a-z0-9*?](?:[a-z0-9*?-]{0,61}[a-z0-9*?])?$/;

/**
 * The faults of Fargate profiles.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateFargateProfile.html
 */
export function fargateFaults(profiles: Readonly<Record<string, FargateProfileOptions>>): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, { selectors = [] }] of Object.entries(profiles)) {
    if (!NAME.test(name) || name.startsWith("eks-")) {
      const what = `Fargate profile ${JSON.stringify(name)} is not a name that EKS takes`;
      faults.push({ what, instead: 'use lower-case letters, digits and hyphens, e.g. "jobs", and not eks-' });
    }
    if (selectors.length < 1 || selectors.length > 5) {
      faults.push({
        what: `${name}.selectors has ${selectors.length}: EKS takes 1 to 5`,
        instead: 'use e.g. [{ namespace: "jobs" }]',
      });
    }
    for (const { namespace } of selectors.filter((one) => !NAMESPACE.test(one.namespace))) {
      faults.push({
        what: `${name}.selectors has namespace ${JSON.stringify(namespace)}, which Kubernetes does not take`,
        instead: 'use e.g. "jobs", or "jobs-*" for all that begin so',
      });
    }
    for (const { namespace } of selectors.filter(
      (one) => NAMESPACE.test(one.namespace) && covers(one.namespace, "kube-system"),
    )) {
      faults.push({
        what: `${name}.selectors has namespace ${JSON.stringify(namespace)}: what EKS installs there runs on nodes, and on Fargate it waits for ever`,
        instead: 'use the namespaces of your own pods, e.g. "jobs"',
      });
    }
    for (const { namespace, labels = {} } of selectors) {
      if (Object.keys(labels).length <= MAX_LABELS) continue;
      faults.push({
        what: `${name}.selectors has ${Object.keys(labels).length} labels for ${JSON.stringify(namespace)}: EKS takes ${MAX_LABELS}`,
        instead: "name the labels that only these pods have",
      });
    }
  }
  return faults;
}

/** Whether a pattern with `*` and `?` is one of a namespace. */
function covers(pattern: string, namespace: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(namespace);
}
