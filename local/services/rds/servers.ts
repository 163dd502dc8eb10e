import { join } from "node:path";
import type { Place } from "../../gateway/exchange";
import type { Hosts } from "../../hosts/hosts";
import { type LedOut, leadOut } from "../../hosts/led-out";
import { type Administrator, PostgresServer } from "../../hosts/postgres";
import { findPostgres } from "../../hosts/postgres-programs";
import { copyDatabases, DATABASES, moveTo, namesIn } from "../../snapshots/kept";
import { hostNameOf, majorVersion } from "./description";
import type { Instance } from "./state";

interface Running {
  readonly server: PostgresServer;
  readonly out: LedOut;
}

/** The servers behind the instances, where this machine can run them. */
export class Servers {
  private readonly running = new Map<string, Running>();

  /** @param changed - called when something of an instance has changed by itself. */
  constructor(
    private readonly hosts: Hosts,
    private readonly changed: () => void,
  ) {}

  /** Makes the data of an instance and starts its server. Where none can run, the instance says why. */
  async create(
    instance: Instance,
    place: Place,
    requiresTls: boolean,
    administrator: Administrator | undefined,
  ): Promise<void> {
    const server = await this.start(instance, place, requiresTls);
    if (server && administrator) await server.administer(administrator);
  }

  async start(instance: Instance, place: Place, requiresTls: boolean): Promise<PostgresServer | undefined> {
    const { host } = this.hosts;
    const programs = findPostgres(majorVersion(instance.settings.EngineVersion));
    const obstacle = host.obstacle ?? (typeof programs === "string" ? programs : undefined);
    if (obstacle !== undefined || typeof programs === "string" || !instance.network) {
      instance.obstacle = obstacle ?? "it has no address";
      console.error(`${instance.arn} is an entry, nothing listens: ${instance.obstacle}`);
      return undefined;
    }
    delete instance.obstacle;
    const name = hostNameOf(instance, place);
    const port = Number(instance.settings.Port ?? "5432");
    const { address } = instance.network;
    const certified = this.hosts.certificates.certificateOf(name);
    const id = instance.resourceId;
    const server = new PostgresServer(host, programs, {
      id,
      network: `d${id.slice(3, 14).toLowerCase()}`,
      address,
      port,
      requiresTls,
      ...certified,
    });
    await server.prepare(instance.from && this.folder(instance.from));
    await server.start(() => {
      console.error(`PostgreSQL of ${instance.arn} has ended`);
      instance.status = "failed";
      this.forget(id);
      this.changed();
    });
    await host.name({ [name]: address });
    const out = await leadOut(host.inward, { address, port }, instance.localPort ?? port);
    instance.localPort = out.port;
    this.running.set(id, { server, out });
    this.hosts.databases.set(instance.identifier, `127.0.0.1:${out.port}`);
    return server;
  }

  async stop({ resourceId, identifier }: Instance): Promise<void> {
    const found = this.running.get(resourceId);
    this.forget(resourceId);
    this.hosts.databases.delete(identifier);
    await found?.server.stop();
  }

  async remove(instance: Instance): Promise<void> {
    const found = this.running.get(instance.resourceId);
    await this.stop(instance);
    if (found) await found.server.remove();
    else await this.discardAll([instance.resourceId]);
  }

  async changePassword({ resourceId }: Instance, name: string, password: string): Promise<void> {
    await this.running.get(resourceId)?.server.changePassword(name, password);
  }

  async backUp({ resourceId }: Instance, folder: string): Promise<void> {
    await this.running.get(resourceId)?.server.backUp(this.folder(folder));
  }

  /** Removes data of instances and snapshots, also of those that run. */
  async discardAll(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const found = this.running.get(name);
      this.forget(name);
      await found?.server.stop();
      await found?.server.remove();
      if (!found && this.hosts.host.obstacle === undefined)
        await this.hosts.host.within("rm", ["-rf", this.folder(name)]);
    }
  }

  async stopAll(): Promise<void> {
    const all = [...this.running.values()];
    this.running.clear();
    await Promise.all(
      all.map(async ({ server, out }) => {
        out.close();
        await server.stop().catch(() => undefined);
      }),
    );
  }

  /** Copies data of all instances and snapshots into a snapshot of the emulator. */
  async copyTo(folder: string): Promise<void> {
    const { stateDirectory } = this.hosts.host;
    const running = [...this.running];
    const rest = namesIn(join(stateDirectory, DATABASES)).filter((name) => !this.running.has(name));
    await copyDatabases(stateDirectory, folder, rest);
    for (const [id, { server }] of running) {
      const copy = this.folder(`saving-${id}`);
      await server.backUp(copy);
      moveTo(copy, join(folder, DATABASES, id, "data"));
    }
  }

  private forget(id: string): void {
    this.running.get(id)?.out.close();
    this.running.delete(id);
  }

  private folder(name: string): string {
    return join(this.hosts.host.folder, "databases", name);
  }
}
