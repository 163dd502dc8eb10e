export * from "./contract";
export * from "./function";
export * from "./function-props";
export * from "./http-api";
export type { DomainTarget } from "./http-api-domain";
export * from "./http-api-props";
export type { Invoker } from "./invoker";
export * from "./names";
export { DEFAULT_RUNTIME, RUNTIMES, RUNTIMES_CHECKED } from "./runtimes";
