// Applies what of migrations/ the database has not: each file once, all or nothing. Two that run at once wait for each other.
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";

const FOLDER = new URL("../migrations/", import.meta.url);

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock(20260101)");
  await client.query("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)");
  const { rows } = await client.query("SELECT name FROM migrations");
  const done = new Set(rows.map(({ name }) => name));
  for (const name of readdirSync(FOLDER).sort()) {
    if (!name.endsWith(".sql") || done.has(name)) continue;
    await client.query(readFileSync(new URL(name, FOLDER), "utf8"));
    await client.query("INSERT INTO migrations VALUES ($1)", [name]);
    console.log(`applied ${name}`);
  }
  await client.query("COMMIT");
} finally {
  await client.end();
}
