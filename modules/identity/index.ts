export { IrsaRole, type IrsaRoleProps } from "./irsa-role";
export { type PodIdentityCluster, PodIdentityRole, type PodIdentityRoleProps } from "./pod-identity-role";
export { requireTrustConditions } from "./require-conditions";
export * from "./trust";
export { trustFaults } from "./trust-faults";
export { WorkloadRole, type WorkloadRoleProps } from "./workload-role";
