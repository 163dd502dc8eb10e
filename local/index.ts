export * from "./cluster";
export type { EmulatorStatus, LocalStatus } from "./daemon/status";
export { conflicting, environment } from "./environment";
export { installMachineBase, machineBase } from "./hosts/machine-base";
export { machineObstacle } from "./hosts/obstacles";
export { cacheDirectory, type Environment, type InstallOptions, install, REQUIREMENTS } from "./install";
export type { KeptSettings } from "./kept-settings";
export { down, reset, status, up } from "./lifecycle";
export { INSTANCE_MODES, type InstanceMode, LocalError, type LocalOptions } from "./options";
export { type ProfiledEmulator, profileEnvironment } from "./profiles";
export { MISSING, type MissingCall } from "./services/missing";
export type { Snapshot, SnapshotVersions } from "./snapshots/manifest";
export {
  list as listSnapshots,
  load as loadSnapshot,
  remove as deleteSnapshot,
  save as saveSnapshot,
} from "./snapshots/snapshots";
