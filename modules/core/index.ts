export * from "./contract";
export * from "./errors";
export * from "./lock";
export * from "./names";
export * from "./output";
export * from "./policy";
export * from "./provider";
export * from "./tags";
