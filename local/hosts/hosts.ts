import { Changes } from "./changes";
import { Host, type HostProps } from "./host";
import { TargetHealth } from "./target-health";

/** What runs for tasks and databases, and what load balancers know of it; shared by the services of one start. */
export class Hosts {
  readonly host: Host;
  readonly targets = new TargetHealth();

  /** Load balancers, their rules and targets, or names of DNS have changed. */
  readonly routing = new Changes();

  constructor(private readonly props: HostProps) {
    this.host = new Host(props);
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
