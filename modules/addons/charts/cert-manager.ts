import { partitionOf } from "../../core/partition";
import type { PolicyStatement } from "../../core/policy";
import type { AddonCluster, Chart, ChartAddon, ChartInstallation } from "../chart-addon";
import type { HostedZones } from "../zones";

const SERVICE_ACCOUNT = "cert-manager";

/**
 * Read from the sources of https://github.com/cert-manager/cert-manager, tag v1.21.1, in November 2026. The version of its
 * chart begins with a v.
 */
const CHART: Chart = {
  repository: "https://charts.jetstack.io",
  name: "cert-manager",
  version: "v1.21.2",
  appVersion: "1.21.2",
  released: "2026-09-11",
};

/**
 * Issues certificates for Ingresses, webhooks and pods, and renews them. For DNS-01 challenges it writes TXT records of the
 * name `_acme-challenge` into the hosted zones, and no others.
 *
 * @see https://cert-manager.io/docs/configuration/acme/dns01/route53/
 */
export const certManager: ChartAddon<boolean | HostedZones> = { chart: CHART, install };

/** @param zones - domain → id of its hosted zone; `true` without DNS-01. */
function install(cluster: AddonCluster, zones: boolean | HostedZones): ChartInstallation {
  const ids = typeof zones === "object" ? Object.values(zones) : [];
  const pods = (cpu: string, memory: string, limit: string) => ({
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    resources: { requests: { cpu, memory }, limits: { memory: limit } },
  });
  return {
    namespace: "cert-manager",
    ownNamespace: true,
    serviceAccount: SERVICE_ACCOUNT,
    policies: ids.length === 0 ? {} : { "dns-challenges": challenges(cluster, ids) },
    values: {
      // Deleting the definitions would delete every Certificate with them.
      crds: { enabled: true, keep: true },
      global: { leaderElection: { namespace: "cert-manager" } },
      serviceAccount: { create: true, name: SERVICE_ACCOUNT },
      ...pods("50m", "128Mi", "512Mi"),
      // The API server waits for it at each change of a Certificate.
      webhook: pods("20m", "64Mi", "256Mi"),
      cainjector: pods("20m", "128Mi", "512Mi"),
    },
    whenMonitored: { prometheus: { servicemonitor: { enabled: true } } },
  };
}

function challenges({ region }: AddonCluster, ids: readonly string[]): readonly PolicyStatement[] {
  const arn = (rest: string) => `arn:${partitionOf(region)}:route53:::${rest}`;
  const zones = ids.map((id) => arn(`hostedzone/${id}`)).sort();
  const TYPES = "route53:ChangeResourceRecordSetsRecordTypes";
  const NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
  return [
    { Sid: "FollowChanges", Effect: "Allow", Action: "route53:GetChange", Resource: arn("change/*") },
    { Sid: "ReadRecords", Effect: "Allow", Action: "route53:ListResourceRecordSets", Resource: zones },
    {
      Sid: "WriteChallenges",
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: zones,
      Condition: {
        "ForAllValues:StringEquals": { [TYPES]: ["TXT"] },
        "ForAllValues:StringLike": { [NAMES]: ["_acme-challenge.*"] },
        // Without a key, all of its values would be as said.
        Null: { [TYPES]: "false", [NAMES]: "false" },
      },
    },
    { Sid: "FindZones", Effect: "Allow", Action: "route53:ListHostedZonesByName", Resource: "*" },
  ];
}
