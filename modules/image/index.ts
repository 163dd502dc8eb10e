export { type BuilderAccess, builderStatements } from "./builder-policy";
export { BuilderRole, type BuilderRoleProps, builderTrust, RELEASE_ENVIRONMENT } from "./builder-role";
export * from "./contract";
export * from "./images";
export * from "./images-props";
export * from "./names";
