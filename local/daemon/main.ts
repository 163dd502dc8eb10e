import { setTimeout as sleep } from "node:timers/promises";
import { authorityFile, LocalAuthority } from "../credentials/authority";
import { type Emulator, startEmulator } from "../engines/start";
import { appendLine, stayPrivate } from "../files/private";
import { filesSetAside } from "../files/seal";
import { jsonResponse, type WholeResponse } from "../gateway/exchange";
import { Gate } from "../gateway/gate";
import { askGateway, createGateway, type GatewayProps, type LogEntry } from "../gateway/gateway";
import { listenForBoth } from "../gateway/listener";
import { keptConnections } from "../gateway/proxy";
import type { ControlRequest } from "../gateway/service";
import { type LocalSettings, settingsOf } from "../options";
import { pinnedVersion } from "../pinned-version";
import { markOf, removeProcessFile, writeProcessFile } from "../process/process-file";
import { SERVICES } from "../services";
import { missingCall } from "../services/missing";
import { patchesOf } from "../services/serve";
import { openLog } from "./log";
import { Served } from "./served";
import { openSockets } from "./sockets";
import { StateRequests } from "./state-requests";
import type { DaemonStatus } from "./status";

/** What `up` hands to the process that it starts, as the one argument in JSON. */
export interface DaemonProps extends LocalSettings {
  readonly python: string;
}

/**
 * The process behind `up`: the gateway, with the emulators as its children.
 *
 * It takes its port first: of two that are started at once, the second ends at once.
 */
async function main(props: DaemonProps): Promise<void> {
  stayPrivate();
  const settings = { ...settingsOf(props), port: props.port };
  const log = openLog(settings.stateDirectory, "gateway.log");
  const requests = { moto: 0, ministack: 0, gateway: 0 };
  const startedAt = new Date().toISOString();
  let emulators: Record<"moto" | "ministack", Emulator> | undefined;
  let port = settings.port;

  const sockets = openSockets(settings.stateDirectory);
  const authority = new LocalAuthority(settings.stateDirectory);
  const serveState = () =>
    new Served({ settings, authority, gatewayPort: () => port, awsSocket: sockets.pathOf("aws") });
  let served = serveState();
  const gate = new Gate();
  const upstream = (name: "moto" | "ministack", atOnce: number) => ({
    name,
    socket: sockets.pathOf(name),
    agent: keptConnections(atOnce),
  });

  const status = async (): Promise<DaemonStatus> => {
    const { hosts } = served;
    return {
      endpoint: `http://127.0.0.1:${port}`,
      port,
      pid: process.pid,
      account: settings.account,
      region: settings.region,
      startedAt,
      persisted: settings.persist,
      stateDirectory: settings.stateDirectory,
      setAside: filesSetAside(settings.stateDirectory),
      authority: authorityFile(settings.stateDirectory),
      tasks: { running: hosts.tasks.size, ...(hosts.host.obstacle ? { obstacle: hosts.host.obstacle } : {}) },
      instances: {
        mode: hosts.instanceMode,
        ssh: Object.fromEntries(hosts.machines),
        ...(hosts.instanceObstacle ? { obstacle: hosts.instanceObstacle } : {}),
      },
      ...(hosts.host.networkNamespace ? { networkNamespace: hosts.host.networkNamespace } : {}),
      databases: Object.fromEntries(hosts.databases),
      emulators: await Promise.all(
        Object.values(emulators ?? {}).map(async (emulator) => ({
          name: emulator.name,
          version: emulator.version,
          pid: emulator.process.pid ?? 0,
          healthy: await emulator.healthy(),
          requests: requests[emulator.name],
          keepsState: settings.persist,
        })),
      ),
    };
  };

  const control = async (request: ControlRequest): Promise<WholeResponse | undefined> => {
    const { method, path } = request;
    if (method === "GET" && path === "status") return jsonResponse(200, await status());
    if (method === "POST" && path === "reset") {
      await stateRequests.reset();
      return jsonResponse(200, {});
    }
    if (method === "POST" && path === "stop") {
      setImmediate(() => void stop(0));
      return jsonResponse(200, { pid: process.pid });
    }
    if (method === "POST" && path.startsWith("snapshots/")) {
      return stateRequests.answer(path.slice("snapshots/".length), await request.body());
    }
    for (const { own } of served.services) {
      const answer = await own?.control?.(request);
      if (answer) return answer;
    }
    return undefined;
  };

  const gateway: GatewayProps = {
    place: settings,
    upstreams: { moto: upstream("moto", 16), ministack: upstream("ministack", 64) },
    get services() {
      return served.services;
    },
    gate,
    missing: (head) => missingCall(head)?.what,
    secretOf: (accessKey) => served.credentials.find(accessKey)?.secret,
    control,
    onAnswered: (entry: LogEntry) => {
      requests[entry.by] += 1;
      appendLine(log, JSON.stringify(entry));
    },
  };
  const server = createGateway(gateway);
  const startServices = () => served.start(askGateway(gateway), settings);
  const stateRequests = new StateRequests({
    settings,
    gate,
    emulators: () => Object.values(emulators ?? {}),
    served: () => served,
    serveAnew: () => {
      served = serveState();
      startServices();
    },
    giveUp: () => setImmediate(() => void stop(1)),
  });

  const listeners = [listenForBoth(server, authority), listenForBoth(server, authority)] as const;

  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    for (const listener of listeners) listener.close();
    server.closeAllConnections();
    await served.stop();
    await Promise.all(Object.values(emulators ?? {}).map(endChild));
    sockets.remove();
    removeProcessFile(settings.stateDirectory);
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));

  const [outside, inside] = listeners;
  await new Promise<void>((resolve, reject) => {
    outside.once("error", reject);
    outside.listen(settings.port, "127.0.0.1", resolve);
  });
  await new Promise<void>((resolve) => inside.listen(sockets.pathOf("aws"), resolve));
  const address = outside.address();
  if (typeof address === "object" && address) port = address.port;

  const record = (children: readonly Emulator[]) => {
    const daemon = markOf(process.pid);
    const marks = children.flatMap(({ process: { pid } }) => (pid === undefined ? [] : (markOf(pid) ?? [])));
    if (daemon) writeProcessFile(settings.stateDirectory, { port, daemon, emulators: marks });
  };
  record([]);

  // Whoever started it says when it is to stay; should that process be killed before, this one ends too.
  let kept = process.send === undefined;
  process.on("message", (message) => {
    kept ||= message === "keep";
  });
  process.once("disconnect", () => {
    if (!kept) void stop(1);
  });
  // Who was killed before this line is not heard of any more.
  if (!kept && !process.connected) return stop(1);

  const start = (name: "moto" | "ministack") =>
    startEmulator({
      name,
      version: pinnedVersion(name),
      python: props.python,
      settings,
      patches: patchesOf(SERVICES, name),
      socket: sockets.pathOf(name),
      gatewayPort: port,
    });
  const [moto, ministack] = [start("moto"), start("ministack")];
  emulators = { moto, ministack };
  void whenHealthy([moto, ministack], () => {
    if (!stopping) startServices();
  });
  record([moto, ministack]);
  for (const emulator of [moto, ministack]) {
    emulator.process.once("exit", (code) => {
      if (stopping) return;
      console.error(`${emulator.name} ended with code ${code}; see ${emulator.name}.log beside this file`);
      void stop(1);
    });
  }
  // Who is gone by now is told nothing; the word that the connection has ended comes on its own.
  process.send?.({ port }, undefined, undefined, () => undefined);
}

/** Starts what services do by themselves, when the emulators answer that they ask. */
async function whenHealthy(all: readonly Emulator[], start: () => void): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const healthy = await Promise.all(all.map((one) => one.healthy()));
    if (healthy.every(Boolean)) return start();
    await sleep(100);
  }
}

/** Asks a child to end, and ends it after ten seconds if it has not. */
function endChild({ process: child }: Emulator): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    child.once("exit", () => {
      clearTimeout(late);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

main(JSON.parse(process.argv[2] ?? "{}") as DaemonProps).catch(
  (error: { code?: string; message: string }) => {
    process.send?.({ error: error.code ?? error.message });
    console.error(error);
    process.exitCode = 1;
    process.disconnect?.();
  },
);
