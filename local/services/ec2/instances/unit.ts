import type { AwsCaller } from "../../../gateway/caller";
import type { Hosts } from "../../../hosts/hosts";
import { type LedOut, leadOut } from "../../../hosts/led-out";
import { type Machine, startMachine } from "../../../hosts/machine";
import type { InstanceChange, InstanceState, ListedInstance } from "./listed";

/** What a unit needs of those around it. */
export interface UnitProps {
  readonly hosts: Hosts;

  /** Folder of what it writes. */
  readonly folder: string;

  /** Folders of its layers, the topmost first. */
  readonly layers: readonly string[];

  /** Tells what has become of it. */
  readonly changed: (change: Omit<InstanceChange, "account" | "region" | "id">) => void;

  /** Called when its machine has ended to boot again: whoever does one step at a time boots it. */
  readonly rebooted: () => void;

  /** Called when its machine has shut itself down. */
  readonly shutDown: (instance: ListedInstance) => Promise<void>;
}

/** Megabytes of memory that a machine of a small instance gets at most; larger ones get as much as the machine has. */
const MEMORY = 4096;

/** An instance with its machine, if that runs. */
export class Unit {
  /** The newest description. */
  instance: ListedInstance;
  readonly launchedAt = new Date().toISOString();

  /** When the instance is to be interrupted, in milliseconds since 1970. */
  interruption: { readonly at: number } | undefined;

  /** When a rebalance was advised, in milliseconds since 1970. */
  rebalance: number | undefined;

  private machine: Machine | undefined;
  private boots = 0;
  private out: LedOut | undefined;
  private text = "";
  private isAsked = false;

  constructor(
    instance: ListedInstance,
    readonly caller: AwsCaller,
    private readonly props: UnitProps,
  ) {
    this.instance = instance;
  }

  /** How often its machine was booted as told; undefined where none runs. */
  get running(): { readonly boots: number } | undefined {
    return this.machine && { boots: this.boots };
  }

  /** What its machines have written to the console. */
  get console(): string {
    return this.machine?.console() ?? this.text;
  }

  /** Boots it; the instance is running when the machine is there, and its checks are passed when that is up. */
  async boot(): Promise<void> {
    const { instance, props } = this;
    const { hosts } = props;
    try {
      hosts.addresses.take(instance.address);
      const machine = await this.start();
      this.machine = machine;
      this.boots = instance.boots;
      this.out ??= await leadOut(hosts.host.inward, { address: instance.address, port: 22 }, 0);
      hosts.machines.set(instance.id, `127.0.0.1:${this.out.port}`);
      props.changed({ state: "running", from: ["pending", "running"], machine: { status: "initializing" } });
      void machine.booted.then(() => props.changed({ machine: { status: "ok" } }));
      void machine.ended.then((how) => this.ended(machine, how));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.text = `${reason}\n`;
      console.error(`${instance.id} does not boot: ${reason}`);
      // As EC2 does with what cannot be launched.
      props.changed({
        state: "shutting-down",
        reason: "Server.InternalError: Internal error on launch",
      });
    }
  }

  /** Shuts it down, and boots it again. */
  async reboot(): Promise<void> {
    await this.halt(false);
    await this.boot();
  }

  /** Ends its machine. @param atOnce - instead of shutting it down. */
  async halt(atOnce: boolean, state?: InstanceState): Promise<void> {
    const { machine } = this;
    if (machine) {
      this.isAsked = true;
      await (atOnce ? machine.kill() : machine.powerOff());
      this.isAsked = false;
      this.forget(machine);
    }
    if (state) this.props.changed({ state });
  }

  /** Closes the way to its port 22, and gives its address back. */
  close(): void {
    this.out?.close();
    this.props.hosts.addresses.release(this.instance.address);
    this.props.hosts.machines.delete(this.instance.id);
  }

  private start(): Promise<Machine> {
    const { instance, props } = this;
    const { metadata, publicAddress, ipv6Addresses } = instance;
    return startMachine(props.hosts.host, {
      id: instance.id,
      folder: props.folder,
      layers: props.layers,
      address: instance.address,
      otherAddresses: [...(publicAddress ? [publicAddress] : []), ...ipv6Addresses],
      // Without sessions EC2 limits nothing that a container could not ask for.
      ...(metadata.requiresToken ? { hopLimit: metadata.hopLimit } : {}),
      memory: MEMORY * 2 ** 20,
      aws: { port: props.hosts.gatewayPort, region: instance.region },
    });
  }

  private async ended(machine: Machine, how: "off" | "reboot"): Promise<void> {
    if (this.machine !== machine || this.isAsked) return;
    this.forget(machine);
    if (how === "reboot") this.props.rebooted();
    else await this.props.shutDown(this.instance);
  }

  private forget(machine: Machine): void {
    this.text = machine.console();
    this.machine = undefined;
  }
}
