export * from "./cluster";
export type { EmulatorStatus, LocalStatus } from "./daemon/status";
export { conflicting, environment } from "./environment";
export { cacheDirectory, type Environment, type InstallOptions, install, REQUIREMENTS } from "./install";
export type { KeptSettings } from "./kept-settings";
export { down, reset, status, up } from "./lifecycle";
export { LocalError, type LocalOptions } from "./options";
export { type ProfiledEmulator, profileEnvironment } from "./profiles";
