/**
 * Types whose loss loses data, or names and addresses that others rely on. Patterns are of the whole type.
 */
const STATEFUL: readonly RegExp[] = [
  /^aws_(db|rds|docdb|neptune|redshift|memorydb|dax)_(cluster|instance|global_cluster|cluster_instance|snapshot)$/,
  /^aws_(db_instance|rds_cluster|redshift_cluster|redshiftserverless_namespace|timestreamwrite_(database|table))$/,
  /^aws_(dynamodb_table|dynamodb_global_table|keyspaces_(keyspace|table)|qldb_ledger)$/,
  /^aws_elasticache_(cluster|replication_group|serverless_cache)$/,
  /^aws_(s3_bucket|s3_directory_bucket|s3tables_table|glacier_vault|backup_vault)$/,
  /^aws_(efs_file_system|fsx_\w+_file_system|fsx_\w+_volume|ebs_volume|ebs_snapshot)$/,
  /^aws_(opensearch_domain|opensearchserverless_collection|elasticsearch_domain)$/,
  /^aws_(kinesis_stream|msk_cluster|msk_serverless_cluster|mq_broker|sqs_queue)$/,
  /^aws_(kms_key|kms_external_key|kms_replica_key|cloudhsm_v2_cluster|acmpca_certificate_authority)$/,
  /^aws_(secretsmanager_secret|ssm_parameter|cognito_user_pool|cloudwatch_log_group)$/,
  /^aws_(ecr_repository|ecrpublic_repository|codecommit_repository|codeartifact_repository)$/,
  /^aws_(eks_cluster|instance|eip|route53_zone|vpc|subnet|workspaces_workspace|transfer_server)$/,
  /^(google_sql_database_instance|google_storage_bucket|google_container_cluster|google_kms_crypto_key)$/,
  /^azurerm_(storage_account|mssql_database|postgresql_flexible_server|key_vault|kubernetes_cluster)$/,
  /^kubernetes_(persistent_volume(_claim)?(_v1)?|stateful_set(_v1)?|namespace(_v1)?)$/,
  /^(random_password|random_id|random_uuid|tls_private_key)$/,
];

/** Whether losing a resource of a type loses more than the configuration can bring back. */
export function isStateful(type: string): boolean {
  return STATEFUL.some((pattern) => pattern.test(type));
}
