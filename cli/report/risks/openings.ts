import { isArray, isObject, type Json } from "../../input/json";
import type { Attributes } from "./attributes";
import { hold, type Range, rangeOf } from "./cidr";

/** Traffic that a rule lets in. */
export interface Opening {
  /** As it is written. */
  readonly cidr: string;
  readonly range: Range;

  /** In lower case, by name; `-1` is all. */
  readonly protocol: string;

  /** Ports, from 0 to 65,535; of ICMP, type and code are not told apart. */
  readonly from: number;
  readonly to: number;
}

/** Ranges so wide that they are the world: 0.0.0.0/0, ::/0, and halves and eighths of them. */
const WORLD = 3;

const NAMES: Readonly<Record<string, string>> = {
  all: "-1",
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmpv6",
};

/** What a rule's attributes open. */
export function openingsOf(rule: Attributes, cidrs: readonly (Json | undefined)[]): readonly Opening[] {
  const written = String(rule.protocol ?? rule.ip_protocol ?? "-1").toLowerCase();
  const protocol = NAMES[written] ?? written;
  const [from, to] = portsOf(protocol, rule);
  return cidrs.flatMap((value) =>
    (isArray(value) ? value : [value]).flatMap((cidr) => {
      const range = typeof cidr === "string" ? rangeOf(cidr) : undefined;
      return range && typeof cidr === "string" ? [{ cidr, range, protocol, from, to }] : [];
    }),
  );
}

function portsOf(protocol: string, { from_port: from, to_port: to }: Attributes): readonly [number, number] {
  const whole = [0, 65_535] as const;
  if (!["tcp", "udp"].includes(protocol) || typeof from !== "number" || typeof to !== "number") return whole;
  return from < 0 ? whole : [from, to];
}

/** Whether everybody can use an opening. */
export function isWorld({ range }: Opening): boolean {
  return range.prefix <= WORLD;
}

/** Whether several openings together let in all that another one does. */
export function letIn(openings: readonly Opening[], { protocol, from, to, range }: Opening): boolean {
  const alike = openings.filter((each) => each.protocol === "-1" || each.protocol === protocol);
  // Where one of the openings begins or ends, those that let in can change: each piece is looked at.
  const cuts = alike.flatMap((each) => [each.from, each.to + 1]).filter((port) => port > from && port <= to);
  return [from, ...new Set(cuts)].every((port) =>
    hold(
      alike.filter((each) => each.from <= port && port <= each.to).map((each) => each.range),
      range,
    ),
  );
}

/** An opening in words. */
export function wordsOf({ protocol, from, to, cidr }: Opening): string {
  if (protocol === "-1") return `every port and protocol to ${cidr}`;
  if (protocol !== "tcp" && protocol !== "udp") return `${protocol} to ${cidr}`;
  if (from === 0 && to === 65_535) return `every ${protocol} port to ${cidr}`;
  return `${protocol} ${from === to ? `port ${from}` : `ports ${from}-${to}`} to ${cidr}`;
}

/** Objects in a list of blocks. */
export function blocksOf(value: Json | undefined): readonly Attributes[] {
  return isArray(value) ? value.filter(isObject) : [];
}
