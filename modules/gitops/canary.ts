import { analysisJob } from "./analysis-job";
import { type CanaryStep, checkInterval, failureLimit } from "./canary-step";
import type { ObjectMeta } from "./manifest";

/** How a new version takes over from the stable one, step by step. */
export interface Canary {
  /** Shares of the traffic that the new version gets one after another, and how it is judged at each; after the last it gets all. */
  readonly steps: readonly CanaryStep[];

  /**
   * Name of the Ingress of class `alb` whose load balancer splits the traffic by weight.
   *
   * @default - none: the share is that of the pods, as near as their number allows
   */
  readonly ingress?: string;

  /**
   * Path of the app that is asked at each step, beside its health: one that does what users want of it. A Job of the app's
   * own image asks, and needs `node` in it.
   *
   * @default false: the app's health alone decides
   */
  readonly path?: string | false;
}

/** What has a canary, for {@link canaryStrategy} and {@link analysisTemplate}. */
export interface CanaryWorkload {
  /** Name of the Rollout and of the Service that leads to all of its pods, e.g. `prod-app`. */
  readonly name: string;

  /** Namespace of both. */
  readonly namespace: string;

  /** Path that answers with status 200 and `{"status":"ok"}` while a pod is well. */
  readonly healthPath: string;

  /** Image of the app. */
  readonly image: string;

  /** Labels of what belongs to it, but for its pods. */
  readonly labels: NonNullable<ObjectMeta["labels"]>;
}

/** Ending of the Service that leads to the stable version alone: the controller writes its selector. */
export const STABLE_SUFFIX = "-stable";

/** Ending of the Service that leads to the new version. */
export const CANARY_SUFFIX = "-canary";

/** Ending of the ConfigMap with the script of the analyses' Jobs. */
export const ANALYSIS_SUFFIX = "-analysis";

/** Seconds that the analyses of a canary take together; what its pods need to start is not among them. */
export function canarySeconds({ steps }: Pick<Canary, "steps">): number {
  return steps.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Name of the analysis of a step, e.g. `prod-app-canary-10`. */
export function analysisName(name: string, { weight }: Pick<CanaryStep, "weight">): string {
  return `${name}${CANARY_SUFFIX}-${weight}`;
}

/**
 * `spec.strategy` of a Rollout.
 *
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/canary/
 */
export function canaryStrategy({ name }: Pick<CanaryWorkload, "name">, { steps, ingress }: Canary) {
  return {
    canary: {
      // By replicas a surge lets the shares come nearer to what is asked for; no pod goes before another is ready.
      maxSurge: 1,
      maxUnavailable: 0,
      stableService: `${name}${STABLE_SUFFIX}`,
      canaryService: `${name}${CANARY_SUFFIX}`,
      ...(ingress === undefined
        ? {}
        : { trafficRouting: { alb: { ingress, rootService: name, servicePort: 80 } } }),
      steps: steps.flatMap((step) => [
        { setWeight: step.weight },
        { analysis: { templates: [{ templateName: analysisName(name, step) }] } },
      ]),
    },
  };
}

/**
 * How the controller asks the pods of the new version for their health, through their Service.
 *
 * An answer that is not of the 200s, or none, is an *error* for it and no failure: it asks again ten seconds later, and only
 * errors in a row end the analysis. So a version that is down ends it after as many as may fail.
 *
 * @see https://argo-rollouts.readthedocs.io/en/stable/analysis/web/
 */
export function healthMetric(workload: CanaryWorkload, step: CanaryStep) {
  const limit = failureLimit(step);
  return {
    name: "health",
    count: step.checks,
    interval: checkInterval(step),
    failureLimit: limit,
    consecutiveErrorLimit: limit,
    successCondition: 'result == "ok"',
    provider: {
      web: {
        url: `${addressOf(workload)}${workload.healthPath}`,
        timeoutSeconds: 3,
        jsonPath: "{$.status}",
      },
    },
  };
}

/**
 * `spec` of the AnalysisTemplate of a step: the controller asks for the health of the new version, and a Job judges the
 * requests that it answers.
 *
 * @param path - that the Job asks; without one there is no Job.
 */
export function analysisTemplate(workload: CanaryWorkload, step: CanaryStep, path: string | false = false) {
  return {
    metrics: [
      healthMetric(workload, step),
      ...(path === false ? [] : [requestsMetric(workload, step, path)]),
    ],
  };
}

function requestsMetric(workload: CanaryWorkload, step: CanaryStep, path: string) {
  const { name, image, labels } = workload;
  const address = addressOf(workload);
  const job = {
    image,
    configMap: `${name}${ANALYSIS_SUFFIX}`,
    labels,
    url: `${address}${path}`,
    metrics: `${address}/metrics`,
  };
  return {
    name: "requests",
    count: 1,
    failureLimit: 0,
    provider: { job: { spec: analysisJob(job, step) } },
  };
}

function addressOf({ name, namespace }: CanaryWorkload): string {
  return `http://${name}${CANARY_SUFFIX}.${namespace}.svc`;
}
