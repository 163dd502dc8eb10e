import type { CanaryStep } from "./canary-step";
import type { ObjectMeta } from "./manifest";

/** Properties of {@link analysisJob}. */
export interface AnalysisJobProps {
  /** Image that has `node`: that of the app itself, so that nothing else has to be pulled or trusted. */
  readonly image: string;

  /** ConfigMap with the script that asks and judges, as {@link ANALYSIS_SCRIPT}. */
  readonly configMap: string;

  /** Labels of its pod: the app's NetworkPolicy lets it in by them, and no Service of the app selects it. */
  readonly labels: NonNullable<ObjectMeta["labels"]>;

  /** URL that is asked. */
  readonly url: string;

  /** URL of the service's metrics. */
  readonly metrics: string;
}

/** Name of the script in its ConfigMap. */
export const ANALYSIS_SCRIPT = "analyze.cjs";

/** Seconds that it may take beyond its checks: to be scheduled, to start, and to wait for the last answer. */
const GRACE = 60;

/**
 * `spec` of the Job that judges a step: as often as the step says it asks the new version, and it reads how many of all
 * requests that version has answered with an error of its own.
 *
 * @see https://argo-rollouts.readthedocs.io/en/stable/analysis/job/
 */
export function analysisJob(props: AnalysisJobProps, { checks, seconds, maxErrors }: CanaryStep) {
  return {
    // One that failed has judged: another try would be another judgement.
    backoffLimit: 0,
    activeDeadlineSeconds: seconds + GRACE,
    template: {
      metadata: { labels: props.labels },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          fsGroup: 1000,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "analyze",
            image: props.image,
            imagePullPolicy: "IfNotPresent",
            command: ["node", `/analysis/${ANALYSIS_SCRIPT}`],
            args: [
              props.url,
              `--checks=${checks}`,
              `--seconds=${seconds}`,
              `--max-errors=${maxErrors}`,
              `--metrics=${props.metrics}`,
            ],
            resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [{ name: "analysis", mountPath: "/analysis", readOnly: true }],
          },
        ],
        volumes: [{ name: "analysis", configMap: { name: props.configMap } }],
      },
    },
  };
}
