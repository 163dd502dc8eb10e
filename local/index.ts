export type { EmulatorStatus, LocalStatus } from "./daemon/status";
export { cacheDirectory, type Environment, type InstallOptions, install, REQUIREMENTS } from "./install";
export { down, environment, reset, status, up } from "./lifecycle";
export { LocalError, type LocalOptions } from "./options";
