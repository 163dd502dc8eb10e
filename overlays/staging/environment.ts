import { platform } from "../../platform";
import { defineEnvironment } from "../environment";

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
});
