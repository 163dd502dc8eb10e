export type { IBucket } from "./imported-bucket";
export * from "./secure-bucket";
