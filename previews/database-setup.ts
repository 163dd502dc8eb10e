/**
 * Image of the tasks that make and drop a preview's database on the shared server: PostgreSQL's own, from the public
 * registry of AWS, which asks for no credential. No code of an application ever runs with the administrator's password.
 */
export const SETUP_IMAGE = "public.ecr.aws/docker/library/postgres:17-alpine";

/** `psql` ends at the first error; names and the password come from the environment, and are quoted by the server. */
const psql = (statements: string): string =>
  `psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet <<'SQL'\n\\getenv role ROLE\n\\getenv password ROLE_PASSWORD\n${statements}\nSQL\n`;

/**
 * Makes role and database, and gives the role the password of its secret; done again it changes nothing. Nobody else may
 * connect to the database. The administrator of RDS is no superuser: to make a database of the role, it must be a
 * member of it.
 */
export const CREATE_DATABASE = psql(
  [
    "SELECT format('CREATE ROLE %I LOGIN CONNECTION LIMIT 30', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec",
    "SELECT format('ALTER ROLE %I PASSWORD %L', :'role', :'password') \\gexec",
    "SELECT format('GRANT %I TO CURRENT_USER', :'role') \\gexec",
    "SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \\gexec",
    "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'role') \\gexec",
  ].join("\n"),
);

/** Drops database and role, with the connections that are open; done again it does nothing. */
export const DROP_DATABASE = psql(
  [
    "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', :'role') \\gexec",
    "SELECT format('DROP ROLE IF EXISTS %I', :'role') \\gexec",
  ].join("\n"),
);
