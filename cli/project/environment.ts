/** A stack's name in two: `dev-network` is the unit `network` of the environment `dev`. */
export interface StackName {
  /** All but the last word; none when the name is a single word. */
  readonly environment?: string;

  /** The last word. */
  readonly unit: string;
}

/** Splits a stack's name at its last hyphen: a unit has none, an environment may. */
export function splitName(name: string): StackName {
  const at = name.lastIndexOf("-");
  return at > 0 && at < name.length - 1
    ? { environment: name.slice(0, at), unit: name.slice(at + 1) }
    : { unit: name };
}
