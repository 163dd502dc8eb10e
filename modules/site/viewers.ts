import type { Fault } from "../core/errors";

/** A range of IPv4 addresses, e.g. `203.0.113.0/24`. */
const RANGE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The first address of a range and how many bits of it count; undefined when it is none. */
function parsed(range: string): readonly [base: number, bits: number] | undefined {
  const [, ...parts] = RANGE.exec(range) ?? [];
  const numbers = parts.map(Number);
  const bits = numbers[4];
  if (bits === undefined || bits > 32 || numbers.slice(0, 4).some((one) => one > 255)) return undefined;
  return [numbers.slice(0, 4).reduce((sum, one) => sum * 256 + one, 0), bits];
}

/** The faults of ranges of viewers. */
export function viewerFaults(ranges: readonly string[]): readonly Fault[] {
  if (ranges.length === 0)
    return [
      {
        what: "viewers is an empty list: nobody could see the page",
        instead: 'name ranges, or write "everybody"',
      },
    ];
  return ranges
    .filter((range) => parsed(range) === undefined)
    .map((range) => ({
      what: `viewers has ${JSON.stringify(range)}: not a range of IPv4 addresses`,
      instead: 'use e.g. "203.0.113.0/24"',
    }));
}

/**
 * The function of CloudFront that lets viewers of some ranges in, and answers others with 403.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export function viewerFunction(ranges: readonly string[]): string {
  const pairs = ranges.flatMap((range) => {
    const pair = parsed(range);
    if (!pair) return [];
    const size = 2 ** (32 - pair[1]);
    return [[pair[0] - (pair[0] % size), size]];
  });
  return `var RANGES = ${JSON.stringify(pairs)};
function handler(event) {
  var parts = event.viewer.ip.split(".");
  if (parts.length === 4) {
    var address = parts.reduce(function (sum, one) { return sum * 256 + Number(one); }, 0);
    for (var i = 0; i < RANGES.length; i += 1) {
      if (address >= RANGES[i][0] && address < RANGES[i][0] + RANGES[i][1]) return event.request;
    }
  }
  return { statusCode: 403, statusDescription: "Forbidden" };
}
`;
}
