import { type AwsCaller, elementsAt, parsed, textAt } from "../../gateway/caller";

/** A name of Route 53, and the name that it leads to. */
export interface NameRecord {
  /** In lower case, without the last dot; `*` may be its first label. */
  readonly name: string;
  readonly leadsTo: string;

  /** Of weighted records; those of 0 get nothing. */
  readonly weight: number;
}

/** Reads every record of Route 53 that leads to another name: aliases and CNAMEs. */
export async function readNames(caller: AwsCaller): Promise<readonly NameRecord[]> {
  const zones = elementsAt(
    parsed(await caller.rest("route53", "GET", "/2013-04-01/hostedzone")),
    "ListHostedZonesResponse",
    "HostedZones",
    "HostedZone",
  );
  const records = await Promise.all(
    zones.map(async (zone) => {
      const id = textAt(zone, "Id").replace(/^\/hostedzone\//, "");
      const answer = await caller.rest("route53", "GET", `/2013-04-01/hostedzone/${id}/rrset`);
      return elementsAt(
        parsed(answer),
        "ListResourceRecordSetsResponse",
        "ResourceRecordSets",
        "ResourceRecordSet",
      );
    }),
  );
  return records.flat().flatMap((record) => {
    const [value] = elementsAt(record, "ResourceRecords", "ResourceRecord");
    const isName = textAt(record, "Type") === "CNAME";
    const leadsTo =
      textAt(record, "AliasTarget", "DNSName") || (isName && value ? textAt(value, "Value") : "");
    const weight = textAt(record, "Weight");
    return leadsTo === ""
      ? []
      : [
          {
            name: plain(textAt(record, "Name")),
            leadsTo: plain(leadsTo),
            weight: weight === "" ? 1 : Number(weight),
          },
        ];
  });
}

/**
 * The names that a host leads to, one after the other, itself first. A record for every name of a zone counts where the name has
 * none of its own.
 */
export function chainOf(host: string, records: readonly NameRecord[]): readonly string[] {
  const chain = [host];
  for (let name: string | undefined = host; name !== undefined && chain.length < 10; ) {
    const next: string | undefined = findRecord(name, records)?.leadsTo;
    if (next === undefined || chain.includes(next)) break;
    chain.push(next);
    name = next;
  }
  return chain;
}

function findRecord(name: string, records: readonly NameRecord[]): NameRecord | undefined {
  const usable = records.filter(({ weight }) => weight > 0);
  const own = usable.find((record) => record.name === name);
  if (own) return own;
  const labels = name.split(".");
  for (let cut = 1; cut < labels.length; cut += 1) {
    const every = `*.${labels.slice(cut).join(".")}`;
    const found = usable.find((record) => record.name === every);
    if (found) return found;
  }
  return undefined;
}

/** Route 53 writes `*` as `\052`, and ends names with a dot. */
function plain(name: string): string {
  return name
    .replace("\\052", "*")
    .replace(/\.$/, "")
    .replace(/^dualstack\./, "")
    .toLowerCase();
}
