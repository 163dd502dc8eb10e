import type { EnvironmentDefaults } from "../environment";

/** What holds in every environment unless its overlay says otherwise. */
export const base: EnvironmentDefaults = {
  region: "us-east-1",
  tags: {},
  network: {
    availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    nat: "single",
    isolatedSubnets: false,
    ipv6: false,
    interfaceEndpoints: [],
    flowLogs: { destination: "cloudwatch", retentionDays: 30, encrypted: false },
  },
  registry: {
    repositories: ["api", "frontend", "worker"],
    tagMutability: "IMMUTABLE",
    encryption: "KMS",
    keyDeletionDays: 7,
    forceDelete: false,
    maxImages: 30,
    untaggedDays: 7,
    pullThrough: ["ecr-public"],
  },
  cluster: {
    kubernetesVersion: "1.35",
    upgradePolicy: "STANDARD",
    publicEndpointCidrs: [],
    authenticationMode: "API",
    access: {},
    logTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    logRetentionDays: 30,
    secretsEncryption: "own",
    keyDeletionDays: 7,
    diskGb: 50,
    nodeGroups: { general: { instanceTypes: ["m5.large", "m5.xlarge"], min: 2, max: 6 } },
  },
  gitops: { delivery: "manual", highAvailability: false },
  addons: {
    loadBalancerController: true,
    nodeAutoscaler: "cluster-autoscaler",
    metricsServer: true,
    externalDns: {},
    argoRollouts: true,
  },
};
