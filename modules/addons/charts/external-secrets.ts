import { partitionOf } from "../../core/partition";
import type { PolicyStatement } from "../../core/policy";
import {
  type AddonCluster,
  type Chart,
  type ChartAddon,
  type ChartInstallation,
  RESTRICTED_CONTAINER,
} from "../chart-addon";
import type { ReadableSecrets } from "../readable-secrets";

const SERVICE_ACCOUNT = "external-secrets";

/**
 * Seen in use in November 2026; its values are those of the `values.yaml` of
 * https://github.com/external-secrets/external-secrets, tag helm-chart-2.9.0.
 */
const CHART: Chart = {
  repository: "https://charts.external-secrets.io",
  name: "external-secrets",
  version: "2.12.0",
  appVersion: "2.12.0",
  released: "2026-10-09",
};

/**
 * Writes secrets of Secrets Manager and parameters of SSM into Kubernetes Secrets, and keeps them as they are there. It reads
 * those that the overlay names, and writes none.
 *
 * @see https://external-secrets.io/latest/provider/aws-secrets-manager/
 */
export const externalSecrets: ChartAddon<ReadableSecrets> = { chart: CHART, install };

function install(cluster: AddonCluster, readable: ReadableSecrets): ChartInstallation {
  const pods = (cpu: string, memory: string, limit: string) => ({
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    resources: { requests: { cpu, memory }, limits: { memory: limit } },
    securityContext: { ...RESTRICTED_CONTAINER, enabled: true },
  });
  return {
    namespace: "external-secrets",
    ownNamespace: true,
    serviceAccount: SERVICE_ACCOUNT,
    policies: { "read-secrets": statements(cluster, readable) },
    values: {
      serviceAccount: { create: true, name: SERVICE_ACCOUNT },
      // Of two one works; the other takes over when its node goes.
      leaderElect: true,
      ...pods("50m", "128Mi", "512Mi"),
      webhook: pods("20m", "64Mi", "256Mi"),
      certController: pods("20m", "64Mi", "256Mi"),
      // A pod of another namespace gets no token of an account that it does not run as.
      rbac: { serviceAccountTokenCreate: false },
    },
    whenMonitored: { serviceMonitor: { enabled: true } },
  };
}

function statements(
  { account, region }: AddonCluster,
  { secrets = [], parameters = [], keys = [] }: ReadableSecrets,
): readonly PolicyStatement[] {
  const arn = (service: string, rest: string) =>
    `arn:${partitionOf(region)}:${service}:${region}:${account}:${rest}`;
  const all: PolicyStatement[] = [];
  if (secrets.length > 0) {
    all.push({
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
      ],
      // Secrets Manager ends each ARN with a hyphen and six characters of its own.
      Resource: secrets.map((name) =>
        arn("secretsmanager", `secret:${name.endsWith("*") ? name : `${name}-??????`}`),
      ),
    });
  }
  if (parameters.length > 0) {
    all.push({
      Sid: "ReadParameters",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"],
      Resource: parameters.map((path) => arn("ssm", `parameter${path}`)),
    });
  }
  if (keys.length > 0) {
    const services = ["secretsmanager", "ssm"].map((service) => `${service}.${region}.amazonaws.com`);
    all.push({
      Sid: "DecryptThem",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keys,
      Condition: { StringEquals: { "kms:ViaService": services } },
    });
  }
  return all;
}
