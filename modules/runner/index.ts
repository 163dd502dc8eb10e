export * from "./contract";
export * from "./ephemeral-props";
export * from "./ephemeral-runners";
export { programFaults, type RunnerProgram } from "./user-data/user-data";
