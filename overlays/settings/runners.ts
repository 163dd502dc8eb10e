import { type EphemeralRunnersProps, ephemeralFaults } from "@groundplan/modules/runner/ephemeral-props";
import type { OverlayFaults } from "../overlay-faults";

/** The environment's self-hosted runners. */
export interface RunnersSettings
  extends Pick<
    EphemeralRunnersProps,
    | "owner"
    | "repositories"
    | "scope"
    | "installationId"
    | "furtherOwners"
    | "scaleSets"
    | "apiUrl"
    | "secretArn"
    | "pools"
    | "program"
    | "minutes"
    | "minuteCharge"
    | "pullRepositoryArns"
    | "policyArns"
    | "logRetentionDays"
    | "alarmTopicArns"
  > {
  /** Whether the environment has a `runners` stack. Nothing else here is judged without it. */
  readonly enabled: boolean;
}

/** Defaults of {@link RunnersSettings}; what has no sensible one is empty, and found missing at synth. */
export const runnersDefaults: RunnersSettings = {
  enabled: false,
  owner: "",
  repositories: [],
  scope: "organization",
  installationId: 0,
  apiUrl: "https://api.github.com",
  secretArn: "",
  pools: {},
  program: { version: "", sha256: { x64: "", arm64: "" } },
  minutes: { boot: 10, idle: 5, lifetime: 720 },
  minuteCharge: 0,
  pullRepositoryArns: [],
  policyArns: [],
  logRetentionDays: 30,
  alarmTopicArns: [],
};

/** Reports what is wrong with the runners of an overlay. */
export function checkRunners(faults: OverlayFaults, runners: RunnersSettings): void {
  if (!runners.enabled) return;
  faults.addAll("runners", ephemeralFaults(runners));
}
