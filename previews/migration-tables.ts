/**
 * Columns in which tools for migrations note what they have applied, e.g. names of files. They tell of no person, and a
 * database whose migrations have other names than their files is migrated again from the first: they are copied as they
 * are. Names that a table of persons could have too are left out, e.g. `migrations.name` of TypeORM.
 */
export const MIGRATION_COLUMNS: readonly string[] = Object.entries({
  // Flyway, Liquibase
  flyway_schema_history: ["version", "description", "type", "script"],
  databasechangelog: ["id", "author", "filename", "md5sum", "exectype"],
  // Rails, Django, Alembic, Entity Framework, Laravel, Doctrine, Phinx
  schema_migrations: ["version"],
  ar_internal_metadata: ["key", "value"],
  django_migrations: ["app", "name"],
  alembic_version: ["version_num"],
  __EFMigrationsHistory: ["MigrationId", "ProductVersion"],
  migrations: ["migration"],
  doctrine_migration_versions: ["version"],
  phinxlog: ["migration_name"],
  // Prisma, Knex, Sequelize, node-pg-migrate, Drizzle, Kysely
  _prisma_migrations: ["id", "checksum", "migration_name"],
  knex_migrations: ["name"],
  SequelizeMeta: ["name"],
  pgmigrations: ["name"],
  __drizzle_migrations: ["hash"],
  kysely_migration: ["name"],
  // sql-migrate, SQLx, Diesel, Refinery
  gorp_migrations: ["id"],
  _sqlx_migrations: ["description", "checksum"],
  __diesel_schema_migrations: ["version"],
  refinery_schema_history: ["name", "applied_on", "checksum"],
}).flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`));
