export * from "./locking";
export * from "./names";
export * from "./state-backend";
