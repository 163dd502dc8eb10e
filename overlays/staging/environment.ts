import { platform } from "../../platform";
import { defineEnvironment } from "../define-environment";

/** What production will be: its settings, at a smaller size. */
export const staging = defineEnvironment({
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
