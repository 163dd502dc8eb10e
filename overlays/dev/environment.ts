import { platform } from "../../platform";
import { defineEnvironment } from "../environment";

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
});
