import type { RunnersSettings } from "../../overlays/settings/runners";
import { defaults } from "../platform/defaults";

/** Runners of an environment that has some. */
export const RUNNERS: RunnersSettings = {
  ...defaults.runners,
  enabled: true,
  owner: "octo",
  installationId: 5,
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:github-app-Ab1Cd2",
  program: { version: "2.340.0", sha256: { x64: "a".repeat(64), arm64: "b".repeat(64) } },
  pools: {
    small: {
      labels: ["linux", "x64"],
      groupId: 1,
      max: 10,
      architecture: "x64",
      system: "ubuntu",
      instanceTypes: ["m7i.large", "m6i.large"],
      spot: true,
      diskGb: 50,
      containerMetadata: false,
      proxy: false,
    },
    arm: {
      labels: ["linux", "arm64"],
      groupId: 1,
      max: 2,
      architecture: "arm64",
      system: "al2023",
      instanceTypes: ["m7g.large"],
      spot: false,
      diskGb: 100,
      containerMetadata: true,
      proxy: true,
    },
  },
};
