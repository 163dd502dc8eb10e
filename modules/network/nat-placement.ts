import type { Fault } from "../core/errors";
import type { Tier } from "./slots";
import { byLetter } from "./zones";

/**
 * How private subnets reach the internet: not at all (`none`), through one NAT gateway (`single`), or
 * through one in each zone (`per-az`), or through one of the whole Region (`regional`).
 */
export type NatStrategy = "none" | "single" | "per-az" | "regional";

/** What decides where NAT gateways stand. */
export interface NatPlacement {
  /** Availability zones of the VPC. */
  readonly availabilityZones: readonly string[];

  /** How private subnets reach the internet. */
  readonly nat: NatStrategy;

  /**
   * Zone of the one gateway of `single`.
   *
   * @default - the zone whose letter comes first
   */
  readonly natZone?: string;

  /**
   * Elastic IPs of one's own, by the zone of the gateway: allocation ids.
   *
   * @default {} - each gateway gets one of its own
   */
  readonly natAllocationIds?: Readonly<Record<string, string>>;
}

/** The strategy of a VPC that names none: one gateway, where there is something to connect. */
export function defaultNat(tiers: readonly Tier[]): NatStrategy {
  return tiers.includes("public") && tiers.includes("private") ? "single" : "none";
}

/** Zones that have a NAT gateway: by the letter, never by the order in which they are written. */
export function natZones({ availabilityZones, nat, natZone }: NatPlacement): readonly string[] {
  const zones = byLetter(availabilityZones);
  if (nat === "none" || nat === "regional") return [];
  if (nat === "per-az") return zones;
  const only = natZone ?? zones[0];
  return only === undefined ? [] : [only];
}

/** The faults of a placement: no public subnets to stand in, no private ones to serve, a zone that is not there. */
export function natFaults(placement: NatPlacement, tiers: readonly Tier[]): readonly Fault[] {
  const { availabilityZones, nat, natZone } = placement;
  const faults: Fault[] = [];
  const strategy = JSON.stringify(nat);
  if (!["none", "single", "per-az", "regional"].includes(nat)) {
    faults.push({ what: `nat is ${strategy}`, instead: 'use "none", "single", "per-az" or "regional"' });
  }
  if (nat !== "none" && !tiers.includes("public")) {
    const instead = 'add "public" to tiers, or use nat "none"';
    faults.push({ what: `nat ${strategy} needs public subnets, and the VPC has none`, instead });
  }
  if (nat !== "none" && !tiers.includes("private")) {
    const instead = 'add "private" to tiers, or use nat "none"';
    faults.push({ what: `nat ${strategy} serves private subnets, and the VPC has none`, instead });
  }
  if (natZone !== undefined && nat !== "single") {
    const instead = 'leave natZone out, or use nat "single"';
    faults.push({ what: `natZone ${natZone} has no meaning with nat ${strategy}`, instead });
  }
  if (natZone !== undefined && !availabilityZones.includes(natZone)) {
    const instead = `use one of ${availabilityZones.join(", ")}`;
    faults.push({ what: `natZone ${natZone} is not a zone of the VPC`, instead });
  }
  return [...faults, ...allocationFaults(placement)];
}

/** The id of an Elastic IP; older accounts have short ones. */
const ALLOCATION = /^eipalloc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/** The faults of own addresses: for a zone without a gateway, of another form, one for two gateways. */
function allocationFaults(placement: NatPlacement): readonly Fault[] {
  const { natAllocationIds = {}, nat } = placement;
  const zones = natZones(placement);
  const faults: Fault[] = [];
  const known = Object.entries(natAllocationIds).filter(([, id]) => !id.includes("${"));
  for (const zone of Object.keys(natAllocationIds).filter((one) => !zones.includes(one))) {
    const what = `natAllocationIds has ${zone}, where nat ${JSON.stringify(nat)} has no gateway`;
    const instead = zones.length === 0 ? "leave natAllocationIds out" : `use one of ${zones.join(", ")}`;
    faults.push({ what, instead });
  }
  for (const [zone, id] of known) {
    if (ALLOCATION.test(id)) continue;
    const what = `natAllocationIds has ${JSON.stringify(id)} for ${zone}, which is not the id of an Elastic IP`;
    faults.push({ what, instead: 'use e.g. "eipalloc-0123456789abcdef0"' });
  }
  const ids = known.map(([, id]) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
    const what = `natAllocationIds has ${id} twice: an address serves one gateway`;
    faults.push({ what, instead: "allocate one for each zone" });
  }
  return faults;
}
