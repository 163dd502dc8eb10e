import { AwsCaller } from "../../gateway/caller";
import type { Place, WholeResponse } from "../../gateway/exchange";
import type { Forward, OwnService, Site } from "../../gateway/service";
import type { Hosts } from "../../hosts/hosts";
import { InwardAgent } from "../../hosts/inward";
import { HealthChecks } from "./health";
import { chainOf, type NameRecord, readNames } from "./names";
import { answerAsBalancer, type SiteProps, upgradeAsBalancer } from "./site";
import { readSnapshot, type Snapshot } from "./snapshot";

/** What is known of one account and Region. */
interface Known {
  readonly caller: AwsCaller;
  readonly snapshot: Snapshot;
}

/** A load balancer that is asked for by a name. */
type Found = Omit<SiteProps, "turn">;

/** Milliseconds after which a reading that has failed is tried again. */
const AGAIN = 1000;

/**
 * What load balancers do with requests. Their settings are the emulator's, read anew when one has been changed.
 *
 * A load balancer answers on the gateway's port, by the name that a client asks for: its own name in DNS, or one of Route 53 that
 * leads there. TLS or not decides which of its listeners answers.
 */
export class Balancers implements OwnService {
  private readonly places = new Map<string, Place>();
  private readonly agent: InwardAgent;
  private readonly checks: HealthChecks;
  private reading:
    | Promise<{ readonly known: readonly Known[]; readonly names: readonly NameRecord[] }>
    | undefined;
  private ask: Forward = () => Promise.reject(new Error("the gateway does not run yet"));
  private turn = 0;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly hosts: Hosts) {
    this.agent = new InwardAgent(hosts.host.inward);
    this.checks = new HealthChecks(hosts.host.inward, hosts.targets);
    hosts.routing.on(() => this.forget());
  }

  answers(): boolean {
    return false;
  }

  answer(): WholeResponse {
    throw new Error("the emulator answers every operation");
  }

  start(ask: Forward, place: Place): void {
    this.ask = ask;
    this.note(place);
    this.forget();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.checks.stop();
  }

  reset(): void {
    this.forget();
  }

  /** An account and Region that has been asked for something. */
  note({ account, region }: Place): void {
    this.places.set(`${account}/${region}`, { account, region });
  }

  async findSite(host: string): Promise<Site | undefined> {
    const found = await this.search(host);
    if (!found) return undefined;
    const props: SiteProps = { ...found, turn: this.turn++ };
    return {
      serve: (request, response) => answerAsBalancer(props, request, response),
      upgrade: (request, socket, head) => upgradeAsBalancer(props, request, socket, head),
    };
  }

  /** A name that Route 53 has under another domain than `localhost` is found with that behind it. */
  private async search(host: string): Promise<Found | undefined> {
    const { known, names } = await this.read();
    const asked = [host, ...(host.endsWith(".localhost") ? [host.slice(0, -".localhost".length)] : [])];
    for (const name of asked) {
      const chain = chainOf(name, names);
      for (const { caller, snapshot } of known) {
        const balancer = snapshot.loadBalancers.find(({ dnsName }) => chain.includes(dnsName));
        if (!balancer) continue;
        const { agent, hosts } = this;
        return {
          balancer,
          snapshot,
          host: name,
          port: hosts.gatewayPort,
          agent,
          health: hosts.targets,
          caller,
        };
      }
    }
    return undefined;
  }

  /** What has changed is read again at once, so that targets are checked before anybody asks. */
  private forget(): void {
    if (this.isStopped) return;
    this.reading = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read().catch(() => undefined), 0);
  }

  private read(): Promise<{ readonly known: readonly Known[]; readonly names: readonly NameRecord[] }> {
    if (this.reading) return this.reading;
    const reading = this.readNow();
    this.reading = reading;
    reading.then(
      ({ known }) => {
        if (this.reading === reading)
          this.checks.watch(known.flatMap(({ snapshot }) => [...snapshot.groups.values()]));
      },
      () => {
        if (this.reading !== reading) return;
        this.reading = undefined;
        if (!this.isStopped) this.timer = setTimeout(() => this.forget(), AGAIN);
      },
    );
    return reading;
  }

  private async readNow() {
    const places = [...this.places.values()];
    const known = await Promise.all(
      places.map(async (place) => {
        const caller = new AwsCaller((request) => this.ask(request), place);
        return { caller, snapshot: await readSnapshot(caller) };
      }),
    );
    const accounts = [...new Map(places.map((place) => [place.account, place])).values()];
    const names = await Promise.all(
      accounts.map((place) => readNames(new AwsCaller((request) => this.ask(request), place))),
    );
    return { known, names: names.flat() };
  }
}
