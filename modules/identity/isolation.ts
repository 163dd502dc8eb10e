import { type PolicyStatement, partitionOf } from "../core/policy";
import type { StateLocation } from "../state/names";
import { GITHUB_PATH } from "./github-role";
import { iamHeads } from "./neighbours";

/** Which environment is kept from which others. */
export interface IsolationProps {
  /** The platform, its account and its Region. */
  readonly place: Pick<StateLocation, "platform" | "account" | "region">;

  /** Name of the environment, e.g. `dev`. */
  readonly environment: string;

  /** Names of the other environments in the account. */
  readonly neighbours: readonly string[];

  /**
   * What the names of the contracts' parameters begin with, without slashes.
   *
   * @default - the platform's name
   */
  readonly parameterRoot?: string;
}

/** What one environment reads of another: which artifact it is pinned to, which a promotion brings on. */
const READ_OF_OTHERS = ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters"] as const;

/** Name of the policy that bounds an environment: the role that applies it, and every role that an apply makes. */
export function environmentBoundaryName(platform: string, environment: string): string {
  return `${platform}-apply-${environment}-boundary`;
}

/** ARN of that policy, known before it is made. */
export function environmentBoundaryArn(place: IsolationProps["place"], environment: string): string {
  const policy = `${GITHUB_PATH}${environmentBoundaryName(place.platform, environment)}`;
  return `arn:${partitionOf(place.region)}:iam::${place.account}:policy${policy}`;
}

/**
 * What keeps an environment from the others of its account, whatever its roles are allowed; none where it is alone.
 *
 * Names of resources carry the platform's and the environment's (`groundplan-prod-…`, `groundplan/prod/…`), and what AWS
 * names by an id carries the tag `Environment`: nothing of another environment is reached by either.
 */
export function isolationStatements(props: IsolationProps): readonly PolicyStatement[] {
  const { place, neighbours } = props;
  if (neighbours.length === 0) return [];
  const others = [...neighbours].sort();
  return [
    {
      Sid: "NotByName",
      Effect: "Deny",
      NotAction: READ_OF_OTHERS,
      Resource: others.flatMap((other) => namesOf(props, other)),
    },
    {
      Sid: "NotByTag",
      Effect: "Deny",
      NotAction: READ_OF_OTHERS,
      Resource: "*",
      Condition: {
        StringEquals: { "aws:ResourceTag/Environment": others, "aws:ResourceTag/Platform": place.platform },
      },
    },
  ];
}

/**
 * What makes every role that an apply makes carry the environment's boundary: one without could be allowed everything, and
 * then be used.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
 */
export function carriedStatements({
  place,
  environment,
}: Pick<IsolationProps, "place" | "environment">): readonly PolicyStatement[] {
  const boundary = { "iam:PermissionsBoundary": environmentBoundaryArn(place, environment) };
  return [
    {
      Sid: "RolesCarryIt",
      Effect: "Deny",
      Action: [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
      ],
      Resource: "*",
      Condition: { StringNotEquals: boundary },
    },
    { Sid: "RolesKeepIt", Effect: "Deny", Action: "iam:DeleteRolePermissionsBoundary", Resource: "*" },
  ];
}

/**
 * Patterns of the ARNs of another environment, whose names stand behind a slash or a colon. Of one whose name begins this
 * one's (`dev` beside `dev-eu`) the names with a hyphen behind them are left to the tags: a pattern would match this
 * environment's own.
 */
function namesOf(
  { place: { platform, account, region }, environment, parameterRoot = platform }: IsolationProps,
  other: string,
): readonly string[] {
  const arn = `arn:${partitionOf(region)}`;
  const name = `${platform}-${other}`;
  const mine = iamHeads(platform, environment);
  const isWithin = (head: string) => mine.some((own) => own.startsWith(head));
  const longer = isWithin(`${name}-`) ? [] : [`${name}-*`];
  return [
    ...[...longer, name].map((end) => `${arn}:*:*:*:${end}`),
    ...[...longer, name, `${name}/*`, `${name}:*`].map((end) => `${arn}:*:*:*:*/${end}`),
    ...[...new Set([platform, parameterRoot])].map((root) => `${arn}:*:*:*:*/${root}/${other}/*`),
    ...(isWithin(`${other}-`) ? [] : [`${arn}:iam::${account}:*/${other}-*`]),
  ];
}
