export {
  type AttributeRule,
  accountRule,
  assertAttributes,
  attributeFaults,
  regionRule,
  securityGroupRule,
} from "./attributes";
export * from "./contract";
export * from "./creation-stacks";
export * from "./errors";
export * from "./json";
export * from "./lock";
export * from "./names";
export * from "./output";
export * from "./place";
export * from "./policy";
export * from "./provider";
export { AWS_PROVIDER_VERSIONS, providerHas } from "./provider-versions";
export * from "./tags";
