import type { EnvironmentDefaults } from "../../overlays/environment";

/** Defaults of the tests' own environments, written out: a team may change those of the repository. */
export const defaults: EnvironmentDefaults = {
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
    repositories: ["app", "api", "frontend", "worker"],
    tagMutability: "IMMUTABLE",
    encryption: "KMS",
    keyDeletionDays: 7,
    forceDelete: false,
    maxImages: 30,
    untaggedDays: 7,
    pullThrough: ["ecr-public"],
  },
  api: {
    memoryMb: 256,
    timeoutSeconds: 10,
    reservedConcurrency: -1,
    logRetentionDays: 30,
    throttling: { ratePerSecond: 50, burst: 100 },
    corsOrigins: [],
    errorPercent: 1,
    latencyMs: 2000,
    alarmTopicArns: [],
    gradual: { percent: 100, minutes: 0 },
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
  delivery: {
    canary: {
      enabled: false,
      path: "/",
      steps: [
        { weight: 10, checks: 20, seconds: 40, maxErrors: 10 },
        { weight: 50, checks: 50, seconds: 50, maxErrors: 5 },
      ],
    },
  },
};
