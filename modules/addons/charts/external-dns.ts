import { partitionOf } from "../../core/partition";
import type { AddonCluster, Chart, ChartAddon, ChartInstallation } from "../chart-addon";

const SERVICE_ACCOUNT = "external-dns";

/** Read from the `Chart.yaml` of https://github.com/kubernetes-sigs/external-dns in November 2026. */
const CHART: Chart = {
  repository: "https://kubernetes-sigs.github.io/external-dns/",
  name: "external-dns",
  version: "1.21.1",
  appVersion: "0.21.0",
  released: "2026-04-30",
};

/**
 * Writes the DNS names of Ingresses and Services into hosted zones of Route 53, and into no others.
 *
 * @see https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/tutorials/aws.md
 */
export const externalDns: ChartAddon<Readonly<Record<string, string>>> = { chart: CHART, install };

/** @param zones - domain → id of its hosted zone. */
function install(cluster: AddonCluster, zones: Readonly<Record<string, string>>): ChartInstallation {
  const { clusterName, region } = cluster;
  const arns = Object.values(zones)
    .map((id) => `arn:${partitionOf(region)}:route53:::hostedzone/${id}`)
    .sort();
  return {
    namespace: "external-dns",
    ownNamespace: true,
    serviceAccount: SERVICE_ACCOUNT,
    policies: {
      "hosted-zones": [
        {
          Sid: "ChangeRecords",
          Effect: "Allow",
          Action: [
            "route53:ChangeResourceRecordSets",
            "route53:ListResourceRecordSets",
            "route53:ListTagsForResources",
          ],
          Resource: arns,
        },
        { Sid: "FindZones", Effect: "Allow", Action: "route53:ListHostedZones", Resource: "*" },
      ],
    },
    values: {
      provider: { name: "aws" },
      serviceAccount: { create: true, name: SERVICE_ACCOUNT },
      domainFilters: Object.keys(zones).sort(),
      // A record with another owner's mark is never touched: clusters can share a zone.
      registry: "txt",
      txtOwnerId: clusterName,
      policy: "sync",
      sources: ["service", "ingress"],
      env: [{ name: "AWS_REGION", value: region }],
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    },
    whenMonitored: { serviceMonitor: { enabled: true } },
  };
}
