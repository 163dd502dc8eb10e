import { type PolicyStatement, partitionOf } from "../core/policy";
import { type StateAccess, stateApplyStatements, stateArns, stateKeyBounds } from "../state/access";
import { GITHUB_PATH } from "./github-role";
import { GITHUB_ISSUER } from "./github-trust";
import { carriedStatements, isolationStatements } from "./isolation";
import { iamHeads } from "./neighbours";

/** Everything but IAM, organizations and the account itself. */
export function powerUserPolicyArn(region: string): string {
  return `arn:${partitionOf(region)}:iam::aws:policy/PowerUserAccess`;
}

/** Whose resources an apply makes. */
export interface ApplyAccess {
  /** The account's state, which also names the platform, the account and the Region. */
  readonly state: StateAccess;

  /** Name of the environment, e.g. `dev`. */
  readonly environment: string;

  /**
   * Names of the other environments in the account.
   *
   * @default - none
   */
  readonly neighbours?: readonly string[];

  /**
   * What the names of the contracts' parameters begin with, without slashes.
   *
   * @default - the platform's name
   */
  readonly parameterRoot?: string;

  /**
   * Whether every role that an apply makes has to carry the environment's boundary.
   *
   * @default false
   */
  readonly carried?: boolean;
}

/** What Terraform does with roles, policies, instance profiles and identity providers that it manages. */
const IAM_ACTIONS = [
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:AddRoleToInstanceProfile",
  "iam:AttachRolePolicy",
  "iam:Create*",
  "iam:Delete*",
  "iam:DetachRolePolicy",
  "iam:PassRole",
  "iam:PutRole*",
  "iam:RemoveClientIDFromOpenIDConnectProvider",
  "iam:RemoveRoleFromInstanceProfile",
  "iam:SetDefaultPolicyVersion",
  "iam:Tag*",
  "iam:Untag*",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateOpenIDConnectProviderThumbprint",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
] as const;

/**
 * Patterns of the IAM names that an environment's stacks may make: `<environment>-…`,
 * `<platform>-<environment>-…`, and the providers of its clusters.
 */
export function ownIamResources({ state, environment }: ApplyAccess): readonly string[] {
  const iam = `arn:${partitionOf(state.region)}:iam::${state.account}`;
  const heads = iamHeads(state.platform, environment);
  return [
    ...["role", "policy", "instance-profile"].flatMap((kind) =>
      heads.map((head) => `${iam}:${kind}/${head}*`),
    ),
    `${iam}:oidc-provider/oidc.eks.*`,
  ];
}

/** What the apply's role gets beside AWS's `PowerUserAccess`: IAM under the environment's own names. */
export function githubApplyStatements(access: ApplyAccess): readonly PolicyStatement[] {
  return [
    { Sid: "ReadIam", Effect: "Allow", Action: ["iam:Get*", "iam:List*"], Resource: "*" },
    { Sid: "OwnIam", Effect: "Allow", Action: IAM_ACTIONS, Resource: ownIamResources(access) },
  ];
}

/**
 * What bounds the apply's role and every role that it makes, whatever they are allowed: they cannot touch the roles of
 * GitHub (their own, the plan's, another environment's), nothing of another environment ({@link isolationStatements}),
 * nor its states and locks; they use the states' key and do nothing else with it, and make no users or access keys.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function githubApplyBoundary(access: ApplyAccess): readonly PolicyStatement[] {
  const { state, environment, neighbours = [] } = access;
  return [
    ...workflowBoundary(state, `environments/${environment}/*`),
    ...isolationStatements({ ...access, place: state, neighbours }),
    ...(access.carried ? carriedStatements({ place: state, environment }) : []),
  ];
}

/**
 * What bounds a role by which workflows make resources: everything but GitHub's roles, policies and provider, users and
 * access keys, and the states but those of one pattern.
 *
 * @param keys - pattern of the states' keys, e.g. `environments/dev/*`.
 */
export function workflowBoundary(state: StateAccess, keys: string): readonly PolicyStatement[] {
  const { bucket, objects, table } = stateArns(state);
  const stateKey = stateKeyBounds(state);
  const iam = `arn:${partitionOf(state.region)}:iam::${state.account}`;
  return [
    {
      Sid: "AllButGitHubAndStates",
      Effect: "Allow",
      Action: "*",
      NotResource: [
        bucket,
        objects,
        table,
        `${iam}:role${GITHUB_PATH}*`,
        `${iam}:policy${GITHUB_PATH}*`,
        `${iam}:oidc-provider/${GITHUB_ISSUER}`,
        ...stateKey.arns,
      ],
    },
    ...stateApplyStatements(state, [keys]),
    ...stateKey.statements,
    {
      Sid: "NoUsersOrKeys",
      Effect: "Deny",
      Action: [
        "iam:*AccessKey*",
        "iam:*Group*",
        "iam:*LoginProfile*",
        "iam:*SAMLProvider*",
        "iam:*ServiceSpecificCredential*",
        "iam:*User*",
        "organizations:Leave*",
      ],
      Resource: "*",
    },
  ];
}
