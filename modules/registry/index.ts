export * from "./contract";
export * from "./grants";
export type { ImageRetention } from "./lifecycle";
export * from "./pull-through";
export * from "./registry";
export * from "./repository";
