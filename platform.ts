import type { Platform } from "./overlays/settings/platform";

/** Change these values first: they are Groundplan's own example, and the account is the local emulator's. */
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
  locking: "s3",
  stateEncryption: "aws",
  github: { defaultBranch: "main", oidcProvider: "own" },
};
