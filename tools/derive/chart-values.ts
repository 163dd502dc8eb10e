import { parse, stringify } from "yaml";
import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";

interface Kustomization {
  readonly images?: readonly {
    readonly name: string;
    readonly newName?: string;
    readonly newTag?: string;
    readonly digest?: string;
  }[];
  readonly patches?: readonly {
    readonly patch: string;
    readonly target?: { kind?: string; name?: string };
  }[];
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** Where the chart has a value that a patch of an overlay sets, by the kind of object and the path in it. */
const OF_PODS = {
  "/spec/replicas": "replicaCount",
  "/spec/template/spec/containers/0/resources": "resources",
};
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Deployment: OF_PODS,
  Rollout: OF_PODS,
  HorizontalPodAutoscaler: {
    "/spec/minReplicas": "autoscaling.minReplicas",
    "/spec/maxReplicas": "autoscaling.maxReplicas",
  },
};

/** The app that the chart deploys. */
const APP = "app";

/** The chart's values file of an environment, from the Kustomize file that says what is deployed there. */
export function chartValues(
  { name: environment, delivery: { canary } }: Pick<Environment, "name" | "delivery">,
  platform: Pick<Platform, "name">,
  kustomization: string,
): string {
  const { images = [], patches = [] } = parse(kustomization) as Kustomization;
  const image = images.find(({ name }) => name === APP);
  const values = {
    partOf: platform.name,
    replicaCount: undefined,
    image: {
      repository: image?.newName,
      ...(image?.digest === undefined ? { tag: image?.newTag } : { digest: image.digest }),
    },
    config: {},
    resources: undefined,
    autoscaling: {},
    ...(canary.enabled ? { canary: { enabled: true, path: canary.path || "", steps: canary.steps } } : {}),
    argocd: { syncWaves: true },
  };
  for (const { patch, target } of patches) {
    if (target?.name !== APP) continue;
    for (const { path, value } of parse(patch) as readonly Operation[]) {
      const key =
        target.kind === "ConfigMap" ? path.replace("/data/", "config.") : VALUES[target.kind ?? ""]?.[path];
      if (key === undefined) {
        throw new Error(
          `overlays/${environment}/kustomization.yaml patches ${path} of ${target.kind}, for which the chart has no value\n` +
            "  name it in tools/derive/chart-values.ts, or patch what is there",
        );
      }
      setValue(values, key.split("."), value);
    }
  }
  const command = "helm upgrade --install trial charts/app --namespace app-trial --create-namespace";
  return `# What overlays/${environment} deploys, made from it by \`npm run derive\`; a test compares the two.
#   ${command} --values charts/app/values-${environment}.yaml

${stringify(values, { version: "1.1", lineWidth: 0 })}`;
}

function setValue(values: object, [key = "", ...rest]: readonly string[], value: unknown): void {
  const record = values as Record<string, unknown>;
  if (rest.length === 0) {
    record[key] = value;
    return;
  }
  record[key] ??= {};
  setValue(record[key] as object, rest, value);
}
