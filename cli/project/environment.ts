/** A stack's name in two: `dev-network` is the unit `network` of the environment `dev`. */
export interface StackName {
  /** The environment that the stack is of; none when its name says none. */
  readonly environment?: string;

  /** The rest of the name; all of it when there is no environment. */
  readonly unit: string;
}

/** The environment and the unit of a stack, as its project reads names. */
export function nameOf({
  name,
  environment,
  unit = name,
}: Partial<StackName> & { readonly name: string }): StackName {
  return { ...(environment === undefined ? {} : { environment }), unit };
}

/** Names of environments by how near they are to those who use what runs there: for where nobody has said an order. */
const STAGES: readonly RegExp[] = [
  /^(?:sandbox|sbx|local|dev|devel|develop|development)\d*$/,
  /^(?:ci|int|integration|test|tst|testing|qa)\d*$/,
  /^(?:uat|acc|acceptance|stage|stg|staging|preprod|pre-prod|nonprod|non-prod)\d*$/,
  /^(?:prod|prd|production|live)\d*$/,
];

/**
 * Environments in the order in which they are shown: that of the promotion, and where it does not name one, what its
 * name says, as far as it says something. Nothing is applied in this order unless the promotion names all of them.
 *
 * `""` stands for what belongs to none, and comes first.
 */
export function inOrder(
  environments: readonly string[],
  promotion: readonly string[] = [],
): readonly string[] {
  const stage = (name: string) => {
    const found = STAGES.findIndex((names) => names.test(name));
    return found < 0 ? STAGES.length - 1.5 : found;
  };
  const place = (name: string) => (name === "" ? -1 : promotion.indexOf(name) + 1 || promotion.length + 1);
  return [...environments].sort(
    (one, other) => place(one) - place(other) || (one === "" ? 0 : stage(one) - stage(other)),
  );
}
