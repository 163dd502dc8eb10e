/** Something that failed, and what it says. */
export interface Fault {
  readonly name: string;
  readonly message: string;
}

/** What one or several say. */
export interface CommonFault {
  readonly names: readonly string[];
  readonly message: string;
}

/** Faults that differ only in where they are, as one: it names all that have it, and the place of the first. */
export function commonFaults(faults: readonly Fault[]): readonly CommonFault[] {
  const kinds = new Map<string, Fault[]>();
  for (const fault of faults) {
    const kind = kindOf(fault);
    kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
  }
  return [...kinds.values()].map((same) => ({
    names: same.map(({ name }) => name),
    message: same.length === 1 ? (same[0]?.message ?? "") : ofFirst(same[0] as Fault),
  }));
}

/** A line that says where: `at cdktf.out/stacks/dev-network`. */
const PLACE = /^\s+at /;

/** A line that names a file of the stack's own. */
const OWN_FILE = /^\s+whole output: /;

/** What is the same of faults that are one: without places, and without what differs from answer to answer. */
function kindOf({ message }: Fault): string {
  const lines = message.split("\n").filter((line) => !PLACE.test(line) && !OWN_FILE.test(line));
  return lines
    .join("\n")
    .replaceAll(/\bline \d+/g, "line")
    .replaceAll(/(\.json|\.tf):\d[\d,-]*/g, "$1")
    .replaceAll(/\b(RequestID|HostID|request id): [\w+/=-]+/gi, "$1");
}

/** What the first says, without its place; whose file it names is said. */
function ofFirst({ name, message }: Fault): string {
  return message
    .split("\n")
    .filter((line) => !PLACE.test(line))
    .map((line) => (OWN_FILE.test(line) ? `${line} (of ${name})` : line))
    .join("\n");
}
