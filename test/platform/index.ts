import { defineEnvironment as define } from "../../overlays/define-environment";
import type { Environment, EnvironmentOverlay } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";
import { defaults } from "./defaults";

/** The tests' own platform: what they say of the machinery holds whatever a team writes into `platform.ts`. */
export const platform: Platform = {
  name: "groundplan",
  repository: "groundplan/groundplan",
  region: "us-east-1",
  accounts: {
    dev: "123456789012",
    staging: "123456789012",
    prod: "123456789012",
  },
  promotion: ["dev", "staging", "prod"],
  domain: "groundplan.example.com",
  gitops: {
    repositoryUrl: "https://github.com/groundplan/groundplan.git",
    slackChannel: "groundplan-deployments",
    pagerDutyService: "groundplan",
    developers: ["groundplan:developers"],
    admins: ["groundplan:platform"],
  },
  artifactAccount: "123456789012",
  locking: "dynamodb",
  stateEncryption: "aws",
  github: { defaultBranch: "main", oidcProvider: "own" },
};

/** An environment of the tests' own platform. */
export function defineEnvironment(overlay: EnvironmentOverlay): Environment {
  return define(overlay, defaults);
}

const dev = defineEnvironment({
  name: "dev",
  account: platform.accounts.dev,
  network: {
    cidr: "10.0.0.0/16",
    nat: "single",
    flowLogs: { retentionDays: 14 },
  },
  registry: {
    tagMutability: "MUTABLE",
    encryption: "AES256",
    forceDelete: true,
    maxImages: 15,
  },
  cluster: {
    logTypes: ["api", "audit", "authenticator"],
    logRetentionDays: 14,
    secretsEncryption: "aws",
    diskGb: 30,
    nodeGroups: {
      general: { instanceTypes: ["t3.medium"], min: 1, max: 4, desired: 2 },
      spot: {
        instanceTypes: ["t3.medium", "t3.large"],
        capacity: "SPOT",
        min: 0,
        max: 3,
        labels: { capacity: "spot" },
        taints: [{ key: "spot", value: "true", effect: "NO_SCHEDULE" }],
      },
    },
  },
  gitops: { delivery: "continuous" },
  addons: { argoRollouts: false },
  api: { logRetentionDays: 14 },
});

const staging = defineEnvironment({
  name: "staging",
  account: platform.accounts.staging,
  network: {
    cidr: "10.1.0.0/16",
    nat: "single",
    flowLogs: { retentionDays: 30 },
  },
  registry: { maxImages: 20 },
  cluster: {
    logRetentionDays: 30,
    diskGb: 50,
    nodeGroups: { general: { instanceTypes: ["m5.large", "m5.xlarge"], min: 2, max: 6 } },
  },
  api: { gradual: { percent: 50, minutes: 5 } },
});

const prod = defineEnvironment({
  name: "prod",
  account: platform.accounts.prod,
  tags: { Compliance: "soc2" },
  network: {
    cidr: "10.2.0.0/16",
    nat: "per-az",
    flowLogs: { retentionDays: 90 },
  },
  registry: { keyDeletionDays: 30, maxImages: 30 },
  cluster: {
    logRetentionDays: 90,
    keyDeletionDays: 30,
    diskGb: 100,
    nodeGroups: {
      general: { instanceTypes: ["m5.xlarge", "m5.2xlarge"], min: 3, max: 10 },
      compute: {
        instanceTypes: ["c5.xlarge", "c5.2xlarge"],
        min: 2,
        max: 8,
        labels: { workload: "compute" },
        taints: [{ key: "workload", value: "compute", effect: "NO_SCHEDULE" }],
      },
    },
  },
  gitops: { delivery: "guarded", highAvailability: true },
  delivery: { canary: { enabled: true } },
  api: {
    logRetentionDays: 90,
    throttling: { ratePerSecond: 200, burst: 400 },
    gradual: { percent: 10, minutes: 10 },
  },
});

/** Its environments, whatever a team writes into `overlays/`. */
export const environments: readonly Environment[] = [dev, staging, prod];
