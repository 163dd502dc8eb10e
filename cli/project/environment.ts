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

/** Names of environments by how near they are to those who use what runs there. */
const STAGES: readonly RegExp[] = [
  /^(?:sandbox|local|dev|develop|development)$/,
  /^(?:ci|int|integration|test|testing|qa)$/,
  /^(?:uat|acc|acceptance|stage|staging|preprod|pre-prod)$/,
  /^(?:prod|prd|production|live)$/,
];

/**
 * Environments in the order in which a change goes through them, as far as their names say so; those whose
 * names say nothing stay in their order, before production; `""` stands for what belongs to none, and comes first.
 */
export function inOrder(environments: readonly string[]): readonly string[] {
  const stage = (name: string) => {
    if (name === "") return -1;
    const found = STAGES.findIndex((names) => names.test(name));
    return found < 0 ? STAGES.length - 1.5 : found;
  };
  return [...environments].sort((one, other) => stage(one) - stage(other));
}
