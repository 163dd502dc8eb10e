import type { Chart } from "../addons/chart-addon";

/**
 * Argo CD's chart, pinned: of the 3.5 line, with the last patch of that line. The cluster tests run an older Argo CD: its
 * module shares the Kubernetes libraries of everything else that is built for them.
 *
 * The chart was seen in use in November 2026; its values are those of the `values.yaml` of
 * https://github.com/argoproj/argo-helm, tag argo-cd-10.1.1, which is of the same major version.
 */
export const ARGO_CD: Chart = {
  repository: "https://argoproj.github.io/argo-helm",
  name: "argo-cd",
  version: "10.9.2",
  appVersion: "3.5.7",
  released: "2026-09-16",
};
