export * from "./access";
export * from "./backend";
export type { StateEncryption } from "./encryption";
export * from "./locking";
export * from "./names";
export * from "./state-backend";
