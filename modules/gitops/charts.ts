import type { Chart } from "../addons/chart-addon";

/**
 * Argo CD's chart, pinned: the newest that could be read here, of the 3.4 line, with the last patch of that line. Rendered
 * with Groundplan's values but for the Redis of three, whose chart is another's. The cluster tests run an older Argo CD: its
 * module shares the Kubernetes libraries of everything else that is built for them.
 *
 * Read from the `Chart.yaml` of https://github.com/argoproj/argo-helm in November 2026.
 */
export const ARGO_CD: Chart = {
  repository: "https://argoproj.github.io/argo-helm",
  name: "argo-cd",
  version: "10.1.1",
  appVersion: "3.4.13",
  released: "2026-07-02",
};
