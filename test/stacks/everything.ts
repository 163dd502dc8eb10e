import type { Environment } from "../../overlays/environment";
import { environments, platform as own } from "../platform";
import { RUNNERS, STANDING_POOLS } from "./runners-environment";

const [first] = environments;
if (!first) throw new Error("there is no environment");

/** The second of two environments of one account. */
const SHARING = /^(?:prod|f+)$/;

/** An environment with every part that can be turned on. */
export const everything = (name: string, network: Partial<Environment["network"]> = {}): Environment => ({
  ...first,
  name,
  region: own.region,
  network: {
    ...first.network,
    availabilityZones: [`${own.region}a`, `${own.region}b`],
    interfaceEndpoints: ["ecr.api"],
    ipv6: true,
    endpointAccess: "account",
    ...network,
  },
  registry: {
    ...first.registry,
    encryption: "KMS",
    pullThrough: ["ecr-public", "kubernetes"],
    // An account has both once in a Region.
    replicateTo: SHARING.test(name) ? [] : ["eu-central-1"],
    enhancedScanning: !SHARING.test(name),
  },
  cluster: { ...first.cluster, zones: [`${own.region}a`, `${own.region}b`], secretsEncryption: "own" },
  addons: {
    loadBalancerController: true,
    nodeAutoscaler: "karpenter",
    metricsServer: true,
    externalDns: { "example.com": "Z0123456789" },
    argoRollouts: true,
    kyverno: true,
  },
  previews: {
    ...first.previews,
    enabled: true,
    functions: {
      ...first.previews.functions,
      enabled: true,
      githubSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:github-AbCdEf",
    },
    dockerHubSecretArn: `arn:aws:secretsmanager:${own.region}:${first.account}:secret:ecr-pullthroughcache/hub-AbCdEf`,
  },
  runners: { ...RUNNERS, pools: { ...RUNNERS.pools, ...STANDING_POOLS } },
});
