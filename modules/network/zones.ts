import type { Fault } from "../core/errors";

/** Letters of zones that have a slot: no Region has more than six zones today, `a` to `f`. */
export const ZONE_LETTERS = "abcdefgh";

const ZONE = /^([a-z]{2}(?:-[a-z]+)+-\d)([a-z])$/;

/** Number of a zone's slot: 0 for a zone that ends in `a`, up to 7 for `h`; undefined for any other name. */
export function zoneSlot(zone: string): number | undefined {
  const letter = ZONE.exec(zone)?.[2];
  const slot = letter === undefined ? -1 : ZONE_LETTERS.indexOf(letter);
  return slot < 0 ? undefined : slot;
}

/** The Region of a zone: its name without the letter. */
export function regionOf(zone: string): string {
  return zone.slice(0, -1);
}

/** The zones by their letter, whatever the order in which they are written. */
export function byLetter(zones: readonly string[]): readonly string[] {
  return [...zones].sort();
}

/** The faults of a list of zones: none at all, twice, no zone of a Region, without a letter's slot, of two Regions. */
export function zoneFaults(zones: readonly string[]): readonly Fault[] {
  const faults: Fault[] = [];
  if (zones.length === 0) {
    const instead = 'use one or more, e.g. ["us-east-1a", "us-east-1b"]';
    faults.push({ what: "the VPC has no availability zones", instead });
  }
  for (const zone of new Set(zones.filter((candidate, index) => zones.indexOf(candidate) !== index))) {
    faults.push({ what: `availability zone ${zone} is listed twice`, instead: "list it once" });
  }
  const valid = zones.filter((zone) => zoneSlot(zone) !== undefined);
  for (const zone of new Set(zones.filter((candidate) => !valid.includes(candidate)))) {
    const last = ZONE_LETTERS.at(-1);
    faults.push(
      ZONE.test(zone)
        ? {
            what: `availability zone ${zone} has no slot: a VPC has slots for the letters a to ${last}`,
            instead: `use e.g. "${regionOf(zone)}a"`,
          }
        : {
            what: `${JSON.stringify(zone)} is not the name of an availability zone of a Region`,
            instead: 'use e.g. "us-east-1a"; zone ids, Local Zones and Wavelength Zones are not planned',
          },
    );
  }
  const regions = [...new Set(valid.map(regionOf))];
  if (regions.length > 1) {
    faults.push({
      what: `availability zones of ${regions.length} Regions: ${regions.join(", ")}`,
      instead: `use zones of one Region, e.g. "${regions[0]}a"; a VPC lies in one`,
    });
  }
  return faults;
}
