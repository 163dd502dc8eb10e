import { CREATE_DATABASE, DROP_DATABASE } from "../../previews/database-setup";
import { PostgresServer, withServer } from "./postgres-server";

/** The statements that make and drop a preview's database, on a real PostgreSQL, by an administrator as RDS gives one. */

const server = PostgresServer.forTests();
const psql = (user: string, password: string, database: string, statement: string) =>
  server().psql(user, password, database, statement);

/** As the task does: the script of a shell, and everything else from the environment. */
function setUp(script: string, role: string, password = `${role}'s "pass" \\ $(id)`) {
  const { status, stderr } = server().script(script, ["admin", "admin-pass", "postgres"], {
    ROLE: role,
    ROLE_PASSWORD: password,
  });
  // Done again, the server notes what it skips.
  expect({ status, stderr: `${stderr}\n`.replaceAll(/^(?:NOTICE: .*)?\n/gm, "") }).toEqual({
    status: 0,
    stderr: "",
  });
  return (database: string, statement: string) => psql(role, password, database, statement);
}

withServer(
  "two previews' databases are apart, and the end of one leaves the other as it is",
  () => {
    // GIVEN
    const one = setUp(CREATE_DATABASE, "db_one");
    const two = setUp(CREATE_DATABASE, "db_two");
    const migration = "CREATE TABLE users (id int); INSERT INTO users VALUES (7)";
    for (const result of [one("db_one", migration), two("db_two", migration)])
      expect(result).toMatchObject({ status: 0 });

    // WHEN the migration of one reaches for the other
    const attempts = [
      one("db_two", "SELECT * FROM users"),
      one("db_one", "DROP DATABASE db_two"),
      one("db_one", "ALTER ROLE db_two PASSWORD 'x'"),
      one("db_one", "SET ROLE db_two"),
      psql("db_two", "wrong", "db_two", "SELECT 1"),
    ];

    // THEN
    expect(attempts.map(({ stderr }) => stderr.split("\n")[0])).toEqual([
      expect.stringContaining("permission denied for database"),
      expect.stringContaining("must be owner of database db_two"),
      expect.stringContaining("permission denied"),
      expect.stringContaining('permission denied to set role "db_two"'),
      expect.stringContaining("password authentication failed"),
    ]);
    expect(attempts.map(({ status }) => status === 0)).toEqual(attempts.map(() => false));

    // AND planted: without the statement that revokes, others get in.
    const revoke = /^SELECT format\('REVOKE.*\n/m;
    expect(CREATE_DATABASE).toMatch(revoke);
    setUp(CREATE_DATABASE.replace(revoke, ""), "db_open");
    expect(one("db_open", "SELECT 1")).toMatchObject({ status: 0 });
    setUp(DROP_DATABASE, "db_open");

    // AND done again it keeps what is there, and gives the password of the secret.
    const again = setUp(CREATE_DATABASE, "db_one", "another");
    expect(again("db_one", "SELECT id FROM users")).toMatchObject({ stdout: "7" });
    expect(one("db_one", "SELECT 1").status).not.toBe(0);

    // AND its end is its own, twice.
    setUp(DROP_DATABASE, "db_one");
    setUp(DROP_DATABASE, "db_one");
    expect(two("db_two", "SELECT id FROM users")).toMatchObject({ stdout: "7" });
    const left =
      "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE datname LIKE 'db\\_%'";
    expect(psql("root", "root-pass", "postgres", left).stdout).toBe("db_two");
    const roles = "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'db\\_%'";
    expect(psql("root", "root-pass", "postgres", roles).stdout).toBe("db_two");
  },
  120_000,
);
