import { platform } from "../../platform";
import { defineEnvironment } from "../define-environment";

/** Where changes are tried first: cheap, and quick to throw away. */
export const dev = defineEnvironment({
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
