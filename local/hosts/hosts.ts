import type { Certificates } from "../gateway/listener";
import type { InstanceMode } from "../options";
import { Changes } from "./changes";
import { Host, type HostProps } from "./host";
import { Addresses } from "./interface";
import { machineObstacle } from "./obstacles";
import { Outward } from "./outward";
import { TargetHealth } from "./target-health";

/** What runs for tasks and databases, and what load balancers know of it; shared by the services of one start. */
export class Hosts {
  readonly host: Host;
  readonly targets = new TargetHealth();
  readonly addresses = new Addresses();

  /** The way from what runs here to the internet. */
  readonly outward: Outward;

  /** Load balancers, their rules and targets, or names of DNS have changed. */
  readonly routing = new Changes();

  /** Instances of EC2 may have been made or changed. */
  readonly instanceChanges = new Changes();

  /** Instances whose machines run: where this machine reaches their port 22, by their ids. */
  readonly machines = new Map<string, string>();

  /** ARNs of the tasks that run. */
  readonly tasks = new Set<string>();

  /** Where this machine reaches the databases that run, by their identifiers. */
  readonly databases = new Map<string, string>();

  private fault: string | undefined;

  /** @param certificates - signed by the local authority. */
  constructor(
    private readonly props: HostProps,
    readonly certificates: Certificates,

    /** Whether instances boot, where they can. */
    readonly instanceMode: InstanceMode = "entries",

    /** Ports of this machine that stand in for hosts of the internet. */
    standIns: Readonly<Record<string, string>> = {},
  ) {
    this.host = new Host(props);
    this.outward = new Outward(standIns);
  }

  /** Why no instance boots; undefined where they do. */
  get instanceObstacle(): string | undefined {
    if (this.instanceMode === "entries")
      return "they were not asked for: groundplan local up --instances boot";
    return machineObstacle() ?? this.fault;
  }

  /** Starts what instances need, so that their network is there before the first of them. */
  async startForInstances(): Promise<void> {
    try {
      await this.host.start();
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    }
  }

  /** Path of the Unix socket on which the metadata of instances is answered. */
  get instanceMetadataSocket(): string {
    return this.props.sockets.instanceMetadata;
  }

  /** Path of the Unix socket on which the metadata of tasks is answered. */
  get metadataSocket(): string {
    return this.props.sockets.metadata;
  }

  /** Port of the gateway; known when it listens. */
  get gatewayPort(): number {
    return this.props.gatewayPort();
  }
}
