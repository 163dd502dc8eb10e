import { Testing } from "cdktf";
import type { RunnersSettings } from "../../overlays/settings/runners";
import { RunnersStack } from "../../stacks/runners";
import { environments, platform } from "../platform";
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

/** Pools whose instances stay between jobs: two with names, and none to three by the queue. */
export const STANDING_POOLS: RunnersSettings["pools"] = {
  steady: {
    labels: ["steady"],
    groupId: 1,
    max: 2,
    architecture: "x64",
    system: "ubuntu",
    instanceTypes: ["t3.medium"],
    spot: false,
    diskGb: 100,
    diskIops: 4000,
    diskThroughput: 250,
    containerMetadata: false,
    proxy: true,
    proxyCidrs: ["10.0.0.0/16"],
    sshCidrs: ["192.0.2.1/32"],
    fixed: { count: 2 },
  },
  burst: {
    labels: ["burst"],
    groupId: 1,
    max: 3,
    architecture: "x64",
    system: "ubuntu",
    instanceTypes: ["m7i.large", "m6i.large"],
    spot: true,
    diskGb: 50,
    containerMetadata: false,
    proxy: false,
    group: {
      min: 0,
      cpuPercent: 70,
      schedules: { "working-hours": { cron: "0 7 * * 1-5", timeZone: "Europe/Berlin", min: 1 } },
    },
  },
};

/** The functions of the runners, by the names of their services. */
export const SERVICES = [
  "runner-webhook",
  "runner-scale-up",
  "runner-scale-down",
  "runner-reconcile",
  "runner-program",
];

/** The runners stack of an environment as JSON, without a backend. */
export function runnersConfiguration(name: string, change: Partial<RunnersSettings> = {}): string {
  const [dev] = environments;
  if (!dev) throw new Error("there is no environment");
  const environment = { ...dev, name, runners: { ...RUNNERS, ...change } };
  const made = JSON.parse(
    Testing.synth(new RunnersStack(Testing.app(), { platform, environment, promotedFrom: undefined })),
  );
  delete made.terraform.backend;
  return JSON.stringify(made);
}
