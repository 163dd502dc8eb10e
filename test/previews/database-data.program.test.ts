import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { COPY_SOURCE, LOAD_SEED } from "../../previews/database-data";
import { CREATE_DATABASE } from "../../previews/database-setup";
import { temporaryFolder } from "../temporary-folder";
import { environment, PostgresServer, withServer } from "./postgres-server";

/** How a preview's database gets its first data, on a real PostgreSQL: a dump over HTTP, and a masked copy. */

const server = PostgresServer.forTests();

/** A preview's new database. */
function database(name: string): readonly [string, string, string] {
  const { status, stderr } = server().script(CREATE_DATABASE, ["admin", "admin-pass", "postgres"], {
    ROLE: name,
    ROLE_PASSWORD: "preview-pass",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return [name, "preview-pass", name];
}
const ask = (name: string, statement: string) => server().psql(name, "preview-pass", name, statement);

const TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";

/** Copies the source into a database, with what the platform says of the source. */
function copy(
  name: string,
  said: { keep?: readonly string[]; mask?: readonly string[]; masked?: string } = {},
) {
  return server().script(COPY_SOURCE, [name, "preview-pass", name], {
    ...{ SOURCE_HOST: server().folder, SOURCE_PORT: "5432", SOURCE_DATABASE: "source" },
    ...{ SOURCE_USER: "admin", SOURCE_PASSWORD: "admin-pass" },
    KEEP: JSON.stringify(said.keep ?? []),
    MASK: JSON.stringify(said.mask ?? []),
    MASKED: said.masked ?? "yes",
  });
}

/** A source with persons in every type of column, keys of text, hostile names, and what refers to what. */
const SOURCE = `
CREATE TYPE color AS ENUM ('red', 'green');
CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE persons (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail mail UNIQUE NOT NULL, nick varchar(8) NOT NULL, code char(4),
  born date, phone bigint, home point, address inet, about jsonb, list json, photo bytea, words text[], favorite color,
  seen timestamptz, token uuid, active bool, shout text GENERATED ALWAYS AS (upper(nick)) STORED
);
INSERT INTO persons (mail, nick, code, born, phone, home, address, about, list, photo, words, favorite, seen, token, active)
SELECT 'zoe' || n || '@secret.example', 'zoenick' || n, 'ZOE' || n, '1985-05-17', 4930123450 + n, point(52.5, 13.4), '10.1.2.3',
  '{"diagnosis": "SECRETILLNESS"}', ' ["SECRETLIST"]', 'SECRETPHOTO', '{SECRETWORD}', 'green', '2026-01-02 03:04:05Z',
  '5ec2e75e-c2e7-5ec2-e75e-c2e75ec2e75e', true
FROM generate_series(1, 3) AS n;
CREATE TABLE accounts (login text PRIMARY KEY, note text);
CREATE TABLE logins (login text REFERENCES accounts, at timestamptz);
INSERT INTO accounts VALUES ('SECRETLOGIN', E'SECRET\\n\\\\.\\nDROP TABLE persons;\\t\\\\'), ('', NULL);
INSERT INTO logins VALUES ('SECRETLOGIN', '2026-01-01Z');
CREATE SCHEMA "odd ""'; \\! touch escaped";
CREATE TABLE "odd ""'; \\! touch escaped"."a ""'$(id) \`id\` %s" ("c ""'; %1$s" text, country text);
INSERT INTO "odd ""'; \\! touch escaped"."a ""'$(id) \`id\` %s" VALUES ('SECRETODD', 'Norway');
CREATE TABLE parts (region int, told text) PARTITION BY LIST (region);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
INSERT INTO parts VALUES (1, 'SECRETPART');
CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, script text, installed_by text);
INSERT INTO flyway_schema_history VALUES (1, 'V1__persons.sql', 'SECRETADMIN');
CREATE TABLE migrations (name text PRIMARY KEY);
INSERT INTO migrations VALUES ('SECRETNAME');
CREATE VIEW greens AS SELECT mail FROM persons WHERE favorite = 'green';
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS many FROM persons;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$;
CREATE TRIGGER full_up BEFORE INSERT ON persons FOR EACH ROW EXECUTE FUNCTION refuse();
`;

beforeAll(() => {
  if (!server()) return;
  expect(server().psql("admin", "admin-pass", "postgres", "CREATE DATABASE source")).toMatchObject({
    status: 0,
  });
  expect(server().psql("admin", "admin-pass", "source", SOURCE)).toEqual({
    status: 0,
    stdout: "",
    stderr: "",
  });
});

/** Everything that a database holds, as text. */
function everything(name: string): string {
  const { status, stdout } = server().run(
    "pg_dump",
    ["--data-only"],
    environment(server().folder, name, "preview-pass", name),
  );
  expect(status).toBe(0);
  return stdout;
}

withServer(
  "a copy is masked: nothing of a person comes over, and keys, types and everything else are as they were",
  () => {
    database("db_copy");
    const made = copy("db_copy", { mask: ["persons.phone", "public.persons.token"] });
    expect([made.status, made.stderr, made.stdout.split("\n").at(-1)]).toEqual([0, "", "the copy is loaded"]);
    // What was masked is said, and none of it.
    expect(made.stdout).toContain("masked: ");
    expect(made.stdout).toContain(
      "public.persons.mail, public.persons.nick, public.persons.code, public.persons.born",
    );
    for (const text of [made.stdout, everything("db_copy")])
      expect(text).not.toMatch(
        /SECRET|zoe\d|zoenick|secret\.example|493012345|1985-05|10\.1\.2\.3|52\.5|5ec2e75e/i,
      );
    expect(
      ask(
        "db_copy",
        "SELECT count(DISTINCT mail), count(DISTINCT nick), max(length(nick)), min(born), max(phone) FROM persons",
      ).stdout,
    ).toBe("3|3|8|1985-01-01|0");
    expect(
      ask(
        "db_copy",
        "SELECT every(mail ~ '^[0-9a-f]{16}@example\\.invalid$'), every(shout = upper(nick)), every(favorite = 'green'), min(seen AT TIME ZONE 'UTC'), every(about = '{}'), min(list::text), every(home IS NULL), every(active) FROM persons",
      ).stdout,
    ).toBe("t|t|t|2026-01-02 03:04:05|t|[]|t|t");
    // Keys of text still meet what refers to them, empty texts stay, and the parts of a table are one.
    expect(ask("db_copy", "SELECT count(*) FROM logins JOIN accounts USING (login)").stdout).toBe("1");
    expect(ask("db_copy", "SELECT count(*) FROM accounts WHERE login = '' AND note IS NULL").stdout).toBe(
      "1",
    );
    expect(ask("db_copy", "SELECT count(*), min(region) FROM parts_1").stdout).toBe("1|1");
    expect(ask("db_copy", "SELECT many FROM counted").stdout).toBe("3");
    // What a tool for migrations has noted is its own, but for who did it.
    expect(ask("db_copy", "SELECT script FROM flyway_schema_history").stdout).toBe("V1__persons.sql");
    // Its rules hold from now on: triggers, and the next number.
    expect(ask("db_copy", "INSERT INTO persons (mail, nick) VALUES ('x@y', 'x')").stderr).toContain(
      "no more",
    );
    // The refused row had taken it.
    expect(ask("db_copy", "SELECT last_value FROM persons_id_seq").stdout).toBe("4");
    expect(() => readFileSync(join(server().folder, "escaped"))).toThrow(/ENOENT/);

    // AND what the platform keeps is kept, another copy has other texts, and it all is the preview's own.
    database("db_kept");
    const odd = `odd "'; \\! touch escaped.a "'$(id) \`id\` %s.country`;
    const said = { keep: ["persons.nick", odd], mask: ["flyway_schema_history.script"] };
    expect(copy("db_kept", said)).toMatchObject({ status: 0, stderr: "" });
    expect(everything("db_kept")).not.toContain("V1__persons.sql");
    expect(everything("db_kept")).toContain("zoenick1");
    expect(everything("db_kept")).toContain("Norway");
    const mails = "SELECT string_agg(mail, ',' ORDER BY id) FROM persons";
    expect(ask("db_kept", mails).stdout).not.toBe(ask("db_copy", mails).stdout);
    expect(ask("db_kept", "DROP TABLE persons CASCADE")).toMatchObject({ status: 0 });
  },
  120_000,
);

withServer(
  "planted: without the mask everything comes over, and a name that is no column's ends the copy",
  () => {
    database("db_bare");
    expect(copy("db_bare", { masked: "no" })).toMatchObject({ status: 0 });
    expect(everything("db_bare")).toMatch(/SECRETILLNESS/);

    database("db_typo");
    const refused = copy("db_typo", { mask: ["persons.fone"] });
    expect([refused.status, refused.stdout]).toEqual([1, "the source has no such column: persons.fone"]);
    expect(ask("db_typo", TABLES).stdout).toBe("0");
  },
  120_000,
);

withServer(
  "a copy that ends too early leaves nothing, and one that is there is left alone",
  () => {
    database("db_half");
    // What stands in the place of a value breaks a rule of the source.
    const alter = (statement: string) => server().psql("admin", "admin-pass", "source", statement);
    expect(alter("ALTER TABLE accounts ADD CHECK (login = '' OR login LIKE 'SECRET%')")).toMatchObject({
      status: 0,
    });
    const failed = copy("db_half");
    expect([failed.status, failed.stderr.includes("ERROR")]).toEqual([1, true]);
    expect(failed.stderr + failed.stdout).not.toMatch(/SECRET/);
    expect(ask("db_half", TABLES).stdout).toBe("0");
    // Killed in the middle: what the one side says last is missing.
    const cut = COPY_SOURCE.replace("ask rows &&", "ask rows | head -c 300 && kill -9 $$ &&");
    const { status } = server().script(cut, ["db_half", "preview-pass", "db_half"], {});
    expect(status).not.toBe(0);
    expect(ask("db_half", TABLES).stdout).toBe("0");
    expect(alter("ALTER TABLE accounts DROP CONSTRAINT accounts_login_check")).toMatchObject({ status: 0 });
    expect(copy("db_half")).toMatchObject({ status: 0 });
    expect(copy("db_half")).toMatchObject({
      status: 0,
      stdout: "the database has tables: nothing is loaded",
    });
  },
  120_000,
);

describe("a seed", () => {
  let served: ChildProcess | undefined;
  let address = "";
  let folder = "";
  beforeAll(async () => {
    folder = temporaryFolder("seeds");
    // Another process: the scripts are waited for.
    const code = `const { readFileSync } = require("node:fs");
require("node:http").createServer(({ url }, response) => response.end(readFileSync(process.argv[1] + url)))
  .listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;
    served = spawn(process.execPath, ["-e", code, folder], { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise((resolve) =>
      served?.stdout?.once("data", (line) => resolve(`${line}`.trim())),
    );
    address = `http://127.0.0.1:${port}`;
  });
  afterAll(() => served?.kill());

  const load = (
    name: string,
    seed: Buffer | string,
    sha256 = createHash("sha256").update(seed).digest("hex"),
  ) => {
    writeFileSync(join(folder, "seed"), seed);
    return server().script(LOAD_SEED, [name, "preview-pass", name], {
      SEED_URL: `${address}/seed`,
      SEED_SHA256: sha256,
    });
  };
  const loaded = { status: 0, stdout: "the seed is loaded", stderr: "" };

  withServer(
    "is SQL or a dump of pg_dump, plain or with gzip, and is loaded once",
    () => {
      database("db_sql");
      const sql = "CREATE TABLE fruits (name text); COPY fruits FROM stdin;\napple\npear\n\\.\n";
      expect(load("db_sql", sql)).toEqual(loaded);
      expect(load("db_sql", sql)).toEqual({
        ...loaded,
        stdout: "the database has tables: nothing is loaded",
      });
      expect(ask("db_sql", "SELECT string_agg(name, ',') FROM fruits").stdout).toBe("apple,pear");
      const dump = join(server().folder, "dump");
      for (const format of ["plain", "custom"]) {
        const made = server().run(
          "pg_dump",
          [`--format=${format}`, "--no-owner", "--no-privileges", `--file=${dump}`],
          environment(server().folder, "db_sql", "preview-pass", "db_sql"),
        );
        expect(made.status).toBe(0);
        for (const [pack, content] of [
          ["as_it_is", readFileSync(dump)],
          ["with_gzip", gzipSync(readFileSync(dump))],
        ] as const) {
          database(`db_${format}_${pack}`);
          expect(load(`db_${format}_${pack}`, content)).toEqual(loaded);
          expect(ask(`db_${format}_${pack}`, "SELECT count(*) FROM fruits").stdout).toBe("2");
        }
      }
    },
    120_000,
  );

  withServer(
    "that fails in its middle, or is not the one that was meant, leaves nothing",
    () => {
      database("db_bad");
      const failed = load("db_bad", "CREATE TABLE first (n int);\nSELECT 1/0;\n");
      expect([failed.status, failed.stderr]).toEqual([3, expect.stringContaining("division by zero")]);
      expect(load("db_bad", "CREATE TABLE first (n int);", "0".repeat(64))).toMatchObject({
        status: 1,
        stdout: expect.stringContaining("FAILED"),
      });
      expect(ask("db_bad", TABLES).stdout).toBe("0");
    },
    120_000,
  );
});
