import { join } from "node:path";
import { clusterDescription } from "../cluster/description";
import type { LocalAuthority } from "../credentials/authority";
import { IssuedCredentials } from "../credentials/issued";
import { Store } from "../files/store";
import type { Forward, ServedService } from "../gateway/service";
import { Hosts } from "../hosts/hosts";
import type { LocalSettings } from "../options";
import { SERVICES } from "../services";
import { serve } from "../services/serve";
import { openSockets } from "./sockets";

/** Properties of {@link Served}. */
export interface ServedProps {
  readonly settings: LocalSettings;
  readonly authority: LocalAuthority;
  readonly gatewayPort: () => number;

  /** Path of the Unix socket on which the gateway listens for what runs in the host. */
  readonly awsSocket: string;
}

/** The gateway's services with what they share. They read their files when they are made: for another state, they are made anew. */
export class Served {
  readonly services: readonly ServedService[];
  readonly credentials: IssuedCredentials;
  readonly hosts: Hosts;
  private readonly sockets;

  constructor({ settings, authority, gatewayPort, awsSocket }: ServedProps) {
    const { stateDirectory, persist, instances, standIns } = settings;
    const stateFileOf = (service: string) =>
      persist ? join(stateDirectory, "services", `${service}.json`) : undefined;
    this.credentials = new IssuedCredentials(stateFileOf("credentials"));
    this.sockets = openSockets(stateDirectory);
    const sockets = {
      folder: this.sockets.folder,
      aws: awsSocket,
      metadata: this.sockets.pathOf("metadata"),
      instanceMetadata: this.sockets.pathOf("imds"),
      outward: this.sockets.pathOf("outward"),
    };
    this.hosts = new Hosts({ stateDirectory, gatewayPort, sockets }, authority, instances, standIns);
    this.hosts.outward.listen(sockets.outward);
    this.services = serve(SERVICES, {
      stateFileOf,
      credentials: this.credentials,
      cluster: () => clusterDescription(stateDirectory),
      hosts: this.hosts,
    });
  }

  start(ask: Forward, settings: LocalSettings): void {
    for (const { own } of this.services) own?.start?.(ask, settings);
  }

  reset(): void {
    for (const { own } of this.services) own?.reset();
    this.credentials.reset();
  }

  /** Copies into a snapshot what services keep beside their files of state. */
  async copyTo(folder: string): Promise<void> {
    for (const { own } of this.services) await own?.copyTo?.(folder);
  }

  /** Ends all that runs for it, and lets nothing of it write any more. */
  async stop(): Promise<void> {
    await Promise.all(this.services.map(({ own }) => own?.stop?.()));
    await this.hosts.host.stop();
    this.hosts.outward.close();
    Store.retireAll();
    this.sockets.remove();
  }
}
