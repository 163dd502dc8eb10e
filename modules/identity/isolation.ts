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
 * What IAM knows the tags of carries the tag `Environment`; what it does not is known by its name, which carries the platform's
 * and the environment's (`groundplan-prod-…`, `groundplan/prod/…`): nothing of another environment is reached by either.
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
 * Patterns of the ARNs of another environment: of what IAM does not know by tags, and of roles, which are assumed. IAM takes no
 * wildcard for a service, nor before the kind of a resource of its own. Of one whose name begins this one's (`dev` beside `dev-eu`)
 * the names with a hyphen behind them are left to the tags: a pattern would match this environment's own.
 *
 * Tags of buckets count only where a bucket has them turned on. The account stays open, for the sake of the policy's length.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
 */
function namesOf(
  { place: { platform, region }, environment, parameterRoot = platform }: IsolationProps,
  other: string,
): readonly string[] {
  const arn = (service: string, place: string, rest: string) =>
    `arn:${partitionOf(region)}:${service}:${place}:${rest}`;
  const name = `${platform}-${other}`;
  const mine = iamHeads(platform, environment);
  const heads = iamHeads(platform, other).filter((head) => !mine.some((own) => own.startsWith(head)));
  const longer = heads.includes(`${name}-`)
    ? [
        arn("cloudwatch", ":*", `dashboard/${name}-*`),
        arn("kms", "*:*", `alias/${name}-*`),
        arn("lambda", "*:*", `function:${name}-*`),
        arn("s3", ":", `${name}-*`),
        arn("scheduler", "*:*", `schedule/*/${name}-*`),
      ]
    : [];
  return [
    ...["role/", "role/*/", "policy/", "instance-profile/"].flatMap((kind) =>
      heads.map((head) => arn("iam", ":*", `${kind}${head}*`)),
    ),
    ...longer,
    ...[`${name}/*`, `${platform}/${other}/*`].map((end) => arn("kms", "*:*", `alias/${end}`)),
    ...[...new Set([platform, parameterRoot])].map((root) =>
      arn("ssm", "*:*", `parameter/${root}/${other}/*`),
    ),
  ];
}
