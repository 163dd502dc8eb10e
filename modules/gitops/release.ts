import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Release } from "@cdktf/provider-helm/lib/release";
import { AssetType, type ITerraformDependable, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { Chart } from "../addons/chart-addon";
import { jsonText } from "../core";
import type { Manifest } from "./manifest";

/** Seconds that Helm waits for the pods of a release. */
const TIMEOUT = 600;

/** Properties of {@link chartRelease}. */
export interface ChartReleaseProps {
  /** The chart, pinned. */
  readonly chart: Chart;

  /** Namespace of the release; it must be there. */
  readonly namespace: string;

  /** Values of the chart. */
  readonly values: object;

  /**
   * What must be there first.
   *
   * @default - nothing
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * Installs a chart at its pinned version, and waits until its pods are ready. A first install that fails is
 * taken away again, so that the next apply begins anew.
 *
 * @see https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release
 */
export function chartRelease(scope: Construct, id: string, props: ChartReleaseProps): Release {
  const { chart, namespace, values, dependsOn = [] } = props;
  return new Release(scope, id, {
    name: chart.name,
    namespace,
    repository: chart.repository,
    chart: chart.name,
    version: chart.version,
    values: [jsonText(values)],
    createNamespace: false,
    atomic: true,
    wait: true,
    timeout: TIMEOUT,
    maxHistory: 10,
    dependsOn: [...dependsOn],
  });
}

/** Properties of {@link ManifestsRelease}. */
export interface ManifestsReleaseProps {
  /** Name of the release, up to 53 characters. */
  readonly releaseName: string;

  /** Namespace of the release; it must be there. */
  readonly namespace: string;

  /** The resources that are applied. */
  readonly manifests: readonly Manifest[];

  /** What must be there first: the release that brings the CRDs. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Applies custom resources by a Helm chart of one template, which writes the manifests out as they are.
 *
 * `kubernetes_manifest` asks the cluster for the CRD while it plans: the first plan of an environment, in
 * which neither exists, could not be made. Values of the argo-cd chart (`extraObjects`) would put CRDs and
 * resources into one release, which Helm refuses for the same reason; and the `argocd-apps` chart has
 * templates of its own, so that what is applied would not be what `argocd/` shows.
 */
export class ManifestsRelease extends Construct {
  /** The Helm release that applies them. */
  readonly release: Release;

  constructor(scope: Construct, id: string, props: ManifestsReleaseProps) {
    super(scope, id);
    const chart = new TerraformAsset(this, "chart", { path: chartFolder(), type: AssetType.DIRECTORY });
    this.release = new Release(this, "release", {
      name: props.releaseName,
      namespace: props.namespace,
      // `path.module` and no bare name: Helm would look for that in a repository.
      chart: `\${path.module}/${chart.path}`,
      values: [jsonText({ manifests: props.manifests })],
      createNamespace: false,
      atomic: true,
      maxHistory: 10,
      dependsOn: [...props.dependsOn],
    });
  }
}

/** Folder of the chart: beside the sources, above which the compiled files lie in `dist`. */
export function chartFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, "gitops", "chart");
    if (existsSync(join(candidate, "Chart.yaml"))) return candidate;
    if (folder === dirname(folder)) throw new Error(`the chart of manifests is not above ${__dirname}`);
  }
}
