export { cacheStatements } from "./cache-access";
export * from "./contract";
export { type Grantee, PULL_ACTIONS, PUSH_ACTIONS } from "./grants";
export { registryHost } from "./host";
export { type ImageRetention, PINNED_TAG_PREFIX } from "./lifecycle";
export * from "./pull-through";
export * from "./registry";
export { Repository, type RepositoryProps, type RepositorySettings } from "./repository";
export { cachePrefix, UPSTREAMS, type Upstream } from "./upstreams";
