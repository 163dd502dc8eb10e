import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A port on which a process listens. */
export interface Listener {
  readonly pid: number;

  /** In hexadecimal as the system has it; 127.0.0.1 is `0100007F`. */
  readonly address: string;
  readonly port: number;
}

/** TCP ports on which processes listen, from the system's own table by the sockets that they have open. */
export function listenersOf(pids: readonly number[]): Listener[] {
  const owner = new Map<string, number>();
  for (const pid of pids) {
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) owner.set(inode, pid);
    }
  }
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, local = "", , state, , , , , , inode = ""]) => {
        const pid = owner.get(inode);
        const [address = "", port = ""] = local.split(":");
        // 0A: it listens.
        return state === "0A" && pid !== undefined ? [{ pid, address, port: Number.parseInt(port, 16) }] : [];
      }),
  );
}

/** A descriptor may be closed by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Arguments of a process, as every user of the machine can read them. */
export function argumentsOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
}

/**
 * What a port answers somebody who has no credentials.
 *
 * @param limit - milliseconds after which a silent one counts as silent.
 */
export function askPort(port: number, message: string, tls = false, limit = 3000): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const options = { host: "127.0.0.1", port };
    const socket: Socket = tls
      ? connectTls({ ...options, rejectUnauthorized: false })
      : connectPlain(options);
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(limit, end);
    socket.on("error", end).on("close", end);
    socket.on("data", (part) => {
      answer += part.toString("latin1");
    });
    socket.once(tls ? "secureConnect" : "connect", () => socket.write(message));
  });
}
