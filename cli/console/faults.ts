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

/** Faults that differ only in where they are, as one: it names all that have it, and no place. */
export function commonFaults(faults: readonly Fault[]): readonly CommonFault[] {
  const kinds = new Map<string, Fault[]>();
  for (const fault of faults) {
    const kind = withoutPlace(fault.message);
    kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
  }
  return [...kinds].map(([kind, same]) => ({
    names: same.map(({ name }) => name),
    message: same.length === 1 ? (same[0]?.message ?? "") : kind,
  }));
}

/** A message without the lines that say where: `at cdktf.out/stacks/dev-network`. */
function withoutPlace(message: string): string {
  const lines = message.split("\n");
  return lines.filter((line) => !/^\s+at /.test(line)).join("\n");
}
