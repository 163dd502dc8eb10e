import type { Fault } from "../core/errors";

/** Where images are copied to. */
export interface ReplicationDestination {
  /** AWS Region, e.g. `eu-west-1`. */
  readonly region: string;

  /**
   * AWS account, 12 digits, whose registry policy lets this one copy.
   *
   * @default - the registry's own
   */
  readonly account?: string;
}

/** Properties of `RegistryReplication`. */
export interface RegistryReplicationProps {
  /** AWS account of the registry, 12 digits. */
  readonly account: string;

  /** AWS Region of the registry, e.g. `us-east-1`. */
  readonly region: string;

  /** Where images are copied to, 1 to 25. */
  readonly destinations: readonly ReplicationDestination[];

  /** Beginnings of the names of the repositories that are copied, 1 to 100, e.g. `groundplan/dev/`. */
  readonly prefixes: readonly string[];
}

/** Every fault of a replication. @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutReplicationConfiguration.html */
export function replicationFaults(props: RegistryReplicationProps): readonly Fault[] {
  const { destinations, prefixes, region: ownRegion, account: ownAccount } = props;
  const faults: Fault[] = [];
  if (destinations.length < 1 || destinations.length > 25) {
    faults.push({ what: `destinations has ${destinations.length}`, instead: "use 1 to 25" });
  }
  if (prefixes.length < 1 || prefixes.length > 100) {
    faults.push({
      what: `prefixes has ${prefixes.length}`,
      instead: 'use 1 to 100, e.g. "groundplan/dev/"',
    });
  }
  for (const prefix of prefixes.filter((one) => !/^[a-z0-9][a-z0-9._/-]{0,255}$/.test(one))) {
    faults.push({
      what: `prefix ${JSON.stringify(prefix)} begins no repository's name`,
      instead: 'use e.g. "groundplan/dev/"',
    });
  }
  const seen = new Set<string>();
  for (const { region, account = ownAccount } of destinations) {
    const destination = `${account}/${region}`;
    if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region) || !(account.includes("${") || /^\d{12}$/.test(account))) {
      faults.push({
        what: `destination ${JSON.stringify(destination)} is not an account and a Region`,
        instead: 'use e.g. { region: "eu-west-1" }',
      });
    }
    if (destination === `${ownAccount}/${ownRegion}`) {
      faults.push({
        what: `destination ${JSON.stringify(destination)} is the registry itself`,
        instead: "name another Region or account",
      });
    }
    if (seen.has(destination)) {
      faults.push({
        what: `destination ${JSON.stringify(destination)} is listed twice`,
        instead: "list it once",
      });
    }
    seen.add(destination);
  }
  return faults;
}
