export type { ServiceScaling } from "./autoscaling";
export { Certificate, type CertificateProps } from "./certificate";
export {
  type ContainerHealthCheck,
  type ContainerProps,
  parseSecretReference,
  type SecretReference,
} from "./container";
export {
  DatabaseSecret,
  type DatabaseSecretKey,
  type DatabaseSecretProps,
  generatedPassword,
} from "./database-secret";
export { deadLetterQueue } from "./dead-letter-queue";
export type { DeliveryProps } from "./delivery";
export { FargateCluster, type FargateClusterProps } from "./fargate-cluster";
export { FargateService, type FargateServiceProps } from "./fargate-service";
export { FARGATE_CPU, fargateMemory } from "./fargate-sizes";
export { FargateTask, type FargateTaskProps } from "./fargate-task";
export type { FargateClusterAttributes, ICertificate, IDatabase, IFargateCluster } from "./imported";
export { LoadBalancer, type LoadBalancerProps } from "./load-balancer";
export type { LoadBalancerLogs } from "./load-balancer-logs";
export { fitted, SERVICE_NAMES } from "./names";
export { allowPostgres, POSTGRES_PORT, Postgres } from "./postgres";
export type { PostgresProps } from "./postgres-props";
export { type LoadBalancerAttributes, Route, type ServiceRoute } from "./route";
export type { Schedule } from "./schedule";
export { ScheduledTask, type ScheduledTaskProps } from "./scheduled-task";
export { SchedulerRole, type SchedulerRoleProps } from "./scheduler-role";
export { TaskRoles, type TaskRolesProps } from "./task-roles";
