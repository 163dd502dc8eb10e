import { partitionOf } from "../../core/partition";
import { PULL_ACTIONS } from "../../registry/grants";
import type { AddonCluster, Chart, ChartAddon, ChartInstallation } from "../chart-addon";

/** Namespace of Kyverno. */
export const KYVERNO_NAMESPACE = "kyverno";

const SERVICE_ACCOUNT = "kyverno-admission-controller";

/** Read from the `Chart.yaml` of https://github.com/kyverno/kyverno, tag v1.19.1, in November 2026. */
const CHART: Chart = {
  repository: "https://kyverno.github.io/kyverno",
  name: "kyverno",
  version: "3.9.1",
  appVersion: "1.19.1",
  released: "2026-09-10",
};

/**
 * Kyverno's admission controller: it lets an image into the cluster whose signature counts (`delivery.signatures`). What
 * changes objects, cleans them up or writes reports is not installed.
 *
 * @see https://kyverno.io/docs/policy-types/image-validating-policy/
 */
export const kyverno: ChartAddon = { chart: CHART, install };

function install(cluster: AddonCluster): ChartInstallation {
  const { account, region, imageRepositories } = cluster;
  const arns = imageRepositories.map(
    (name) => `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`,
  );
  return {
    namespace: KYVERNO_NAMESPACE,
    ownNamespace: true,
    serviceAccount: SERVICE_ACCOUNT,
    policies:
      arns.length === 0
        ? {}
        : {
            signatures: [
              { Sid: "ReadSignatures", Effect: "Allow", Action: PULL_ACTIONS, Resource: arns },
              { Sid: "LogIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
            ],
          },
    values: {
      admissionController: {
        // Pods that are to be verified wait for it: one is to answer whatever node goes.
        replicas: 3,
        podDisruptionBudget: { enabled: true, minAvailable: 1 },
        rbac: { serviceAccount: { name: SERVICE_ACCOUNT } },
        container: { resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } } },
      },
      backgroundController: { enabled: false },
      cleanupController: { enabled: false },
      reportsController: { enabled: false },
      features: {
        admissionReports: { enabled: false },
        policyReports: { enabled: false },
        backgroundScan: { enabled: false },
        registryClient: { allowInsecure: false, credentialHelpers: ["amazon"] },
      },
    },
  };
}
