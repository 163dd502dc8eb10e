export * from "./bucket";
export * from "./names";
export * from "./pin";
