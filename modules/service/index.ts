export type { ServiceScaling } from "./autoscaling";
export { Certificate, type CertificateProps } from "./certificate";
export {
  type ContainerHealthCheck,
  type ContainerProps,
  parseSecretReference,
  type SecretReference,
} from "./container";
export { FargateService, type FargateServiceProps } from "./fargate-service";
export { FARGATE_CPU, fargateMemory } from "./fargate-sizes";
export { FargateTask, type FargateTaskProps } from "./fargate-task";
export { LoadBalancer, type LoadBalancerProps } from "./load-balancer";
export type { LoadBalancerLogs } from "./load-balancer-logs";
export { fitted, SERVICE_NAMES } from "./names";
export { type LoadBalancerAttributes, Route, type ServiceRoute } from "./route";
export { TaskRoles, type TaskRolesProps } from "./task-roles";
