import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readSmallFile } from "../files/read-file";

/** Where Debian and its like keep the servers, by major version. */
const SERVERS = "/usr/lib/postgresql";

/** A PostgreSQL server of the system. */
export interface PostgresPrograms {
  /** Folder with `postgres`, `initdb`, `psql` and `pg_basebackup`. */
  readonly folder: string;

  /** User and group that run it: it refuses root. */
  readonly user: { readonly uid: number; readonly gid: number };
}

/**
 * The newest server of the system; what to install where there is none.
 *
 * @param major - the version that is wanted; another one is taken where that is missing.
 */
export function findPostgres(major: number, servers = SERVERS): PostgresPrograms | string {
  const found = existsSync(servers) ? readdirSync(servers) : [];
  const usable = found
    .filter((name) => /^\d+$/.test(name) && existsSync(join(servers, name, "bin", "initdb")))
    .map(Number)
    .sort((one, other) => other - one);
  const version = usable.includes(major) ? major : usable[0];
  if (version === undefined)
    return "PostgreSQL is missing: apt-get install --no-install-recommends postgresql";
  return { folder: join(servers, String(version), "bin"), user: databaseUser(readSmallFile("/etc/passwd")) };
}

/** Who runs a server: the user that the package has made, or nobody. */
export function databaseUser(passwd: string): PostgresPrograms["user"] {
  const users = passwd.split("\n").map((line) => line.split(":"));
  const entry = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  return { uid: Number(entry?.[2] ?? 65534), gid: Number(entry?.[3] ?? 65534) };
}
