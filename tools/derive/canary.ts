import {
  ANALYSIS_SCRIPT,
  ANALYSIS_SUFFIX,
  analysisName,
  analysisTemplate,
  CANARY_SUFFIX,
  canaryStrategy,
  STABLE_SUFFIX,
} from "@groundplan/modules/gitops";
import { stringify } from "yaml";
import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";

/** The app whose Deployment becomes a Rollout. */
const APP = "app";

/** Namespace of Argo Rollouts' controller, which asks the pods for their health. */
const CONTROLLER_NAMESPACE = "argo-rollouts";

const HEADER = "# Written by `npm run derive` from delivery.canary of environment.ts: change it there.\n";

/** Where the labels of an overlay go in a Rollout and in the Job of an analysis: Kustomize knows it of a Deployment. */
const LABELS = {
  Rollout: [
    "spec/selector/matchLabels",
    "spec/template/metadata/labels",
    "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
  ],
  AnalysisTemplate: ["spec/metrics/provider/job/spec/template/metadata/labels"],
};

/**
 * The Kustomize component of an environment with a canary, by its paths: it makes a Rollout of the app's Deployment, and
 * adds the Services and analyses that this needs. None without a canary.
 *
 * @param script - what the Job of an analysis runs.
 */
export function canaryComponent(
  { name, delivery: { canary } }: Pick<Environment, "name" | "delivery">,
  platform: Pick<Platform, "name">,
  script: () => string,
): readonly (readonly [path: string, text: string])[] {
  if (!canary.enabled) return [];
  const labels = { "app.kubernetes.io/name": APP, "app.kubernetes.io/part-of": platform.name };
  const ofAnalyses = { ...labels, "app.kubernetes.io/name": `${APP}${ANALYSIS_SUFFIX}` };
  const { path = false } = canary;
  const workload = {
    name: `${name}-${APP}`,
    namespace: `${platform.name}-${name}`,
    healthPath: "/health",
    image: APP,
    labels: ofAnalyses,
  };
  const metadata = (suffix: string, wave: string) => ({
    name: `${APP}${suffix}`,
    labels,
    annotations: { "argocd.argoproj.io/sync-wave": wave },
  });
  const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
  const target = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: APP };
  const files: Readonly<Record<string, readonly object[]>> = {
    "kustomization.yaml": [
      {
        apiVersion: "kustomize.config.k8s.io/v1alpha1",
        kind: "Component",
        resources: ["services.yaml", "analyses.yaml", ...(path === false ? [] : ["script.yaml"])],
        configurations: ["labels.yaml"],
        patches: [
          {
            path: "rollout.yaml",
            target: { kind: "Deployment", name: APP },
            options: { allowKindChange: true },
          },
          { path: "autoscaler.yaml", target: { kind: "HorizontalPodAutoscaler", name: APP } },
          { path: "networkpolicy.yaml", target: { kind: "NetworkPolicy", name: APP } },
        ],
      },
    ],
    "services.yaml": [STABLE_SUFFIX, CANARY_SUFFIX].map((suffix) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata(suffix, "5"),
      spec: {
        type: "ClusterIP",
        selector: { "app.kubernetes.io/name": APP },
        ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
      },
    })),
    "analyses.yaml": canary.steps.map((step) => ({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AnalysisTemplate",
      metadata: metadata(analysisName("", step), "0"),
      spec: analysisTemplate(workload, step, path),
    })),
    ...(path === false
      ? {}
      : {
          "script.yaml": [
            {
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: metadata(ANALYSIS_SUFFIX, "0"),
              data: { [ANALYSIS_SCRIPT]: script() },
            },
          ],
        }),
    "labels.yaml": [
      {
        commonLabels: Object.entries(LABELS).flatMap(([kind, paths]) =>
          paths.map((at) => ({ path: at, create: kind === "Rollout", kind })),
        ),
      },
    ],
    "rollout.yaml": [
      [
        replace("/apiVersion", target.apiVersion),
        replace("/kind", target.kind),
        replace("/spec/strategy", canaryStrategy(workload, canary)),
      ],
    ],
    "autoscaler.yaml": [[replace("/spec/scaleTargetRef", target)]],
    "networkpolicy.yaml": [
      [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": CONTROLLER_NAMESPACE } } },
        ...(path === false
          ? []
          : [
              {
                podSelector: {
                  matchLabels: { "app.kubernetes.io/name": ofAnalyses["app.kubernetes.io/name"] },
                },
              },
            ]),
      ].map((value) => ({ op: "add", path: "/spec/ingress/0/from/-", value })),
    ],
  };
  return Object.entries(files).map(([file, documents]) => [
    `overlays/${name}/canary/${file}`,
    HEADER +
      documents.map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false })).join("---\n"),
  ]);
}

/** An environment's Kustomize file with the component, and with patches of what it makes, or without. */
export function withCanary(text: string, enabled: boolean): string {
  const [from, to] = enabled ? ["Deployment", "Rollout"] : ["Rollout", "Deployment"];
  const patched = text.replace(new RegExp(`^(\\s+kind: )${from}(\\n\\s+name: ${APP})$`, "gm"), `$1${to}$2`);
  const without = patched.replace(/^components:\n- canary\n\n/m, "");
  return enabled ? without.replace(/^(resources:\n(?:- .*\n)+\n)/m, "$1components:\n- canary\n\n") : without;
}
