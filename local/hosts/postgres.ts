import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "./host";
import { attachNetwork, detachNetwork } from "./network";
import type { PostgresPrograms } from "./postgres-programs";

/** A database server as it is started. */
export interface ServerProps {
  /** Letters, digits and hyphens. */
  readonly id: string;

  /** Name of its network namespace, at most 12 characters, and its address there. */
  readonly network: string;
  readonly address: string;
  readonly port: number;

  /** Whether connections without TLS are refused. */
  readonly requiresTls: boolean;

  /** Certificate and key for its name, in PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** Who administers a new server. */
export interface Administrator {
  readonly name: string;
  readonly password: string;

  /** First database, which is the administrator's. @default - none but `postgres` */
  readonly database?: string;
}

/** The user of the server that is nobody's but this emulator's, as `rdsadmin` is AWS's. */
const OWN_USER = "rdsadmin";

/** Milliseconds within which a server must answer. */
const LIMIT = 60_000;

/**
 * A PostgreSQL server of the system, in a network namespace of its own, run by another user than this.
 *
 * Its data lies in the host's folder, and is seen inside at a path that this user may enter.
 */
export class PostgresServer {
  private process: ChildProcess | undefined;

  constructor(
    private readonly host: Host,
    private readonly programs: PostgresPrograms,
    private readonly props: ServerProps,
  ) {}

  /** Makes the data of a new server, or copies that of a snapshot; what is there stays. */
  async prepare(snapshot: string | undefined): Promise<void> {
    const { uid, gid } = this.programs.user;
    await this.host.succeed("/bin/sh", ["-ec", PREPARE, this.kept, this.folder, `${uid}:${gid}`]);
    if ((await this.host.within("test", ["-e", `${this.folder}/data/PG_VERSION`])).exitCode === 0) return;
    if (snapshot !== undefined) {
      await this.host.succeed("cp", ["-a", snapshot, `${this.folder}/data`]);
      return;
    }
    await this.asUser("initdb", [
      ...[
        "--pgdata",
        `${this.folder}/data`,
        "--username",
        OWN_USER,
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
      ],
      ...["--auth-local", "trust", "--auth-host", "scram-sha-256", "--no-sync", "--data-checksums"],
    ]);
  }

  /** Starts it, and waits until it answers. @param onEnd - called when it ends without being stopped. */
  async start(onEnd: () => void): Promise<void> {
    const { network, address, port, requiresTls, certificate, key } = this.props;
    const { uid, gid } = this.programs.user;
    await attachNetwork(this.host, network, address);
    const write = (name: string, text: string) =>
      this.host.succeed(
        "/bin/sh",
        ["-ec", 'umask 077; cat > "$0"; chown "$1" "$0"', `${this.folder}/${name}`, `${uid}:${gid}`],
        text,
      );
    await write("server.pem", certificate);
    await write("server.key", key);
    await write(
      "pg_hba.conf",
      `local all ${OWN_USER} trust\nlocal replication ${OWN_USER} trust\n${requiresTls ? "hostssl" : "host"} all all 0.0.0.0/0 scram-sha-256\n`,
    );
    await this.host.within("rm", ["-f", `${this.folder}/data/postmaster.pid`]);
    const settings = {
      listen_addresses: "*",
      port: String(port),
      unix_socket_directories: this.folder,
      hba_file: `${this.folder}/pg_hba.conf`,
      ssl: "on",
      ssl_cert_file: `${this.folder}/server.pem`,
      ssl_key_file: `${this.folder}/server.key`,
      password_encryption: "scram-sha-256",
      // It is a laptop: little memory, and no wait for the disk.
      shared_buffers: "32MB",
      max_connections: "100",
      fsync: "off",
    };
    const child = await this.host.spawn("nsenter", [
      `--net=/run/netns/${network}`,
      ...this.userArguments("postgres"),
      ...["-D", `${this.folder}/data`],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ]);
    this.process = child;
    child.stdout?.resume();
    child.stderr?.resume();
    child.once("exit", () => {
      if (this.process !== child) return;
      this.process = undefined;
      onEnd();
    });
    await this.untilReady(child);
  }

  /** Gives it an administrator, who may do what AWS's may: no superuser. */
  async administer({ name, password, database }: Administrator): Promise<void> {
    await this.query(ADMINISTER, { name, password });
    if (database !== undefined && database !== "postgres") await this.query(DATABASE, { name, database });
  }

  async changePassword(name: string, password: string): Promise<void> {
    await this.query("SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \\gexec\n", {
      name,
      password,
    });
  }

  /** Copies the data of the server that runs. @param target - folder that is made. */
  async backUp(target: string): Promise<void> {
    await this.asUser("pg_basebackup", [
      "-h",
      this.folder,
      "-p",
      String(this.props.port),
      "-U",
      OWN_USER,
      "-D",
      `${this.folder}/copy`,
      "-c",
      "fast",
      "-X",
      "stream",
    ]);
    await this.host.succeed("/bin/sh", [
      "-ec",
      'mkdir -p "$(dirname "$1")"; rm -rf "$1"; mv "$0" "$1"',
      `${this.folder}/copy`,
      target,
    ]);
  }

  /** Ends it as a restart of the machine would: open connections are closed, nothing is lost. */
  async stop(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child && child.exitCode === null) {
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const { stdout } = await this.host.within("cat", [`${this.folder}/data/postmaster.pid`]);
      const pid = Number.parseInt(stdout, 10);
      if (pid > 0) await this.host.within("kill", ["-INT", String(pid)]);
      else child.kill("SIGKILL");
      await ended;
    }
    await detachNetwork(this.host, this.props.network);
  }

  /** Removes its data. It must have been stopped. */
  async remove(): Promise<void> {
    await this.host.within("umount", ["-l", this.folder]);
    await this.host.within("rm", ["-rf", this.folder, this.kept]);
  }

  private async untilReady(child: ChildProcess): Promise<void> {
    for (const begun = Date.now(); ; await sleep(100)) {
      const { exitCode } = await this.host.within(join(this.programs.folder, "pg_isready"), [
        "-q",
        "-h",
        this.folder,
        "-p",
        String(this.props.port),
      ]);
      if (exitCode === 0) return;
      if (child.exitCode !== null || Date.now() - begun > LIMIT)
        throw new Error(`PostgreSQL of ${this.props.id} did not start`);
    }
  }

  /** Runs statements; values reach the server as variables, never in the text of a command. */
  private async query(statements: string, variables: Readonly<Record<string, string>>): Promise<void> {
    const set = Object.entries(variables).map(
      ([name, value]) =>
        `\\set ${name} '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'\n`,
    );
    const args = [
      "-h",
      this.folder,
      "-p",
      String(this.props.port),
      "-U",
      OWN_USER,
      "-d",
      "postgres",
      "-v",
      "ON_ERROR_STOP=1",
      "--no-psqlrc",
      "--quiet",
    ];
    await this.host.succeed(join(this.programs.folder, "psql"), args, `${set.join("")}${statements}`);
  }

  private asUser(program: string, args: readonly string[]): Promise<string> {
    const [file = "", ...rest] = this.userArguments(program);
    return this.host.succeed(file, [...rest, ...args]);
  }

  private userArguments(program: string): readonly string[] {
    const { uid, gid } = this.programs.user;
    return [
      "setpriv",
      `--reuid=${uid}`,
      `--regid=${gid}`,
      "--clear-groups",
      "--",
      join(this.programs.folder, program),
    ];
  }

  /** Where the data is kept. */
  private get kept(): string {
    return join(this.host.folder, "databases", this.props.id);
  }

  /** Where it is seen inside. */
  private get folder(): string {
    return `/run/databases/${this.props.id}`;
  }
}

/** Whether data of a server is kept. */
export function hasData(host: Host, id: string): boolean {
  return existsSync(join(host.folder, "databases", id));
}

const PREPARE = `
mkdir -p "$0" "$1"
mountpoint -q "$1" || mount --bind "$0" "$1"
chown "$2" "$1"
chmod 700 "$1"
`;

const ADMINISTER = `
SELECT 'CREATE ROLE rds_superuser NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_superuser') \\gexec
SELECT format('GRANT %I TO rds_superuser WITH ADMIN OPTION', rolname) FROM pg_roles WHERE rolname IN ('pg_monitor', 'pg_signal_backend', 'pg_checkpoint') \\gexec
SELECT format('CREATE ROLE %I LOGIN CREATEDB CREATEROLE', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \\gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \\gexec
SELECT format('GRANT rds_superuser TO %I', :'name') \\gexec
`;

const DATABASE = `
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec
`;
