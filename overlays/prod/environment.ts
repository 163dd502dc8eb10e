import { platform } from "../../platform";
import { defineEnvironment } from "../environment";

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
});
