import { platform } from "../../platform";
import { defineEnvironment } from "../define-environment";

/** What customers use: no zone depends on another, and logs are kept longest. */
export const prod = defineEnvironment({
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
