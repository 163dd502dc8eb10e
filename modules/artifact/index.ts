export * from "./bucket";
export * from "./deployable";
export * from "./names";
export * from "./pin";
