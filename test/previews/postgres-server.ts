import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

/** A real PostgreSQL with an administrator as RDS gives one, for what is run on it by `sh` and `psql`. */

const VERSIONS = "/usr/lib/postgresql";
const newest = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1)
  : undefined;
const bin = join(VERSIONS, newest ?? "", "bin");
const [, uid = "", gid = ""] =
  /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? [];
const isRoot = process.getuid?.() === 0;

// PostgreSQL refuses to run as root.
const canRun = newest !== undefined && (!isRoot || uid !== "");
if (!canRun && process.env.CI !== "true")
  console.warn("!!! no PostgreSQL server here: its statements are not tested");
const as = isRoot ? { uid: Number(uid), gid: Number(gid) } : {};

/** A test that needs the server; in CI it has to run. */
export const withServer = canRun || process.env.CI === "true" ? test : test.skip;

/** How something ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server in a folder of its own, asked by its socket. */
export class PostgresServer {
  private constructor(
    /** Folder of its socket, which is its host, and where others may write for it. */
    readonly folder: string,
  ) {}

  /** Starts one before the tests of a file, and ends it after them. @returns how to reach it; only while tests run. */
  static forTests(): () => PostgresServer {
    let server: PostgresServer | undefined;
    beforeAll(() => {
      if (canRun) server = PostgresServer.start();
    }, 120_000);
    afterAll(() => server?.stop());
    return () => server as PostgresServer;
  }

  private static start(): PostgresServer {
    const folder = temporaryFolder("postgres");
    if (isRoot) chownSync(folder, Number(uid), Number(gid));
    chmodSync(folder, 0o700);
    const password = join(folder, "password");
    writeFileSync(password, "root-pass\n", { mode: 0o644 });
    const data = join(folder, "data");
    program(folder, "initdb", "-D", data, "-U", "root", "-A", "scram-sha-256", `--pwfile=${password}`);
    const options = `-k ${folder} -c listen_addresses=`;
    program(folder, "pg_ctl", "start", "-w", "-D", data, "-l", join(folder, "log"), "-o", options);
    const server = new PostgresServer(folder);
    const made = server.asRoot(
      "postgres",
      "CREATE ROLE admin LOGIN CREATEDB CREATEROLE PASSWORD 'admin-pass'",
    );
    expect(made).toEqual({ status: 0, stdout: "", stderr: "" });
    return server;
  }

  private stop(): void {
    program(this.folder, "pg_ctl", "stop", "-w", "-m", "immediate", "-D", join(this.folder, "data"));
    rmSync(this.folder, { recursive: true, force: true });
  }

  asRoot(database: string, statement: string): Ended {
    return this.psql("root", "root-pass", database, statement);
  }

  psql(user: string, password: string, database: string, statement: string): Ended {
    return this.run("psql", ["-XAtqc", statement], environment(this.folder, user, password, database));
  }

  /** Runs a script as a task of ECS does: of a shell, with everything else in the environment. */
  script(
    script: string,
    [user, password, database]: readonly [string, string, string],
    more: Readonly<Record<string, string>>,
  ): Ended {
    return this.run("sh", ["-euc", script], {
      ...environment(this.folder, user, password, database),
      TMPDIR: this.folder,
      ...more,
    });
  }

  run(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Ended {
    const { status, stdout, stderr } = spawnSync(name, args, {
      ...as,
      cwd: this.folder,
      encoding: "utf8",
      env,
    });
    return { status, stdout: stdout.trim(), stderr: stderr.trim() };
  }
}

function program(folder: string, name: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(join(bin, name), args, {
    cwd: folder,
    ...as,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
}

/** What the client's programs are told. */
export function environment(folder: string, user: string, password: string, database: string) {
  return {
    PATH: `${bin}:/usr/bin:/bin`,
    PGHOST: folder,
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
}
