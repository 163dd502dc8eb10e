import type { Chart } from "../addons/chart-addon";

/**
 * Argo CD's chart, pinned: the last of the 3.2 line, whose Argo CD is what the cluster tests run.
 *
 * Read from the `Chart.yaml` of https://github.com/argoproj/argo-helm in November 2026.
 */
export const ARGO_CD: Chart = {
  repository: "https://argoproj.github.io/argo-helm",
  name: "argo-cd",
  version: "9.3.7",
  appVersion: "3.2.6",
  released: "2026-01-27",
};
